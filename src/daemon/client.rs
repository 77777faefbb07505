//! A verb's side of the fleet's socket.

mod alone;
mod ensure;
mod offline;

pub use alone::{phase_at, set_phase_without_daemon};
pub(crate) use ensure::SECOND;
pub use ensure::{EnsureError, ensure_daemon, find_daemon, holder, is_running};
pub use offline::document_without_daemon;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

use super::wire::{LINE_MAX, Message, Request};
use crate::os;

/// How long a daemon that runs may take to accept a client and to read its request.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// Why the daemon could not be asked. `Display` is a sentence without a full stop.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens there.
    #[error("the watchdog's socket {} cannot be reached: {source}", path.display())]
    Connect {
        /// The socket.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Whether one runs cannot be found out.
    #[error("the watchdog's lock {} cannot be looked at: {source}", path.display())]
    Lock {
        /// The lock's file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It has the fleet's lock, and has not said yet where it listens.
    #[error("the watchdog is just starting, and does not listen yet")]
    Starting,
    /// Somebody else listens there. Nothing was sent.
    #[error("the socket {} is served by user {uid}, not by you", path.display())]
    Foreign {
        /// The socket.
        path: PathBuf,
        /// Who listens.
        uid: u32,
    },
    /// It runs, and says nothing.
    #[error("the watchdog has not answered for {} s", .0.as_secs())]
    Silent(Duration),
    /// It went away in the middle of an answer.
    #[error("the watchdog ended before it had answered")]
    Ended,
    /// It speaks, but not our language.
    #[error("the watchdog's answer is not understood: {0}")]
    Garbled(String),
    /// A line over [`LINE_MAX`].
    #[error("the watchdog's answer is over {} MiB long", LINE_MAX / 1024 / 1024)]
    TooLong,
    /// The connection broke.
    #[error("the connection to the watchdog broke: {0}")]
    Io(#[from] io::Error),
}

impl ClientError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Foreign { .. } => "look at who runs it before you go on; nothing was sent to it",
            Self::Lock { .. } => "it and the state directory must be yours, and no links",
            Self::Garbled(_) | Self::TooLong => {
                "it may be of another version: `ao down watchdog`, then `ao up watchdog`"
            }
            Self::Connect { .. } => {
                "`ao status` names its process: `kill` it and `ao up` again; the agents run on"
            }
            Self::Starting | Self::Silent(_) | Self::Ended | Self::Io(_) => {
                "`ao logs watchdog` shows what it does"
            }
        }
    }
}

/// A conversation with the daemon: one request, then its messages.
#[derive(Debug)]
pub struct Client {
    reader: BufReader<OwnedReadHalf>,
    // Kept open: the daemon takes the end of our side for our leaving.
    writer: OwnedWriteHalf,
    /// The part of a line that has come so far, so that a cancelled `next` loses nothing.
    line: Vec<u8>,
}

impl Client {
    /// Connects to the daemon that listens at `socket`.
    ///
    /// # Errors
    /// When nobody answers within five seconds, or somebody else does.
    pub async fn connect(socket: &Path) -> Result<Self, ClientError> {
        let failed = |source| ClientError::Connect {
            path: socket.to_owned(),
            source,
        };
        let stream = timeout(CONNECT_DEADLINE, UnixStream::connect(socket))
            .await
            .map_err(|_| ClientError::Silent(CONNECT_DEADLINE))?
            .map_err(failed)?;
        let uid = os::peer::uid(&stream).map_err(failed)?;
        if uid != os::peer::own_uid() {
            return Err(ClientError::Foreign {
                path: socket.to_owned(),
                uid,
            });
        }
        let (reader, writer) = stream.into_split();
        Ok(Self {
            reader: BufReader::with_capacity(64 * 1024, reader),
            writer,
            line: Vec::new(),
        })
    }

    /// Sends the one request of this conversation.
    ///
    /// # Errors
    /// When the daemon does not take it in time.
    pub async fn send(&mut self, request: &Request) -> Result<(), ClientError> {
        let mut line =
            serde_json::to_vec(request).map_err(|error| ClientError::Garbled(error.to_string()))?;
        line.push(b'\n');
        timeout(CONNECT_DEADLINE, self.writer.write_all(&line))
            .await
            .map_err(|_| ClientError::Silent(CONNECT_DEADLINE))??;
        Ok(())
    }

    /// The next message, [`Message::Done`] being the last. May be cancelled and called again.
    ///
    /// # Errors
    /// When nothing comes for `patience` (`None`: for as long as it takes), the daemon goes, or
    /// what it says makes no sense.
    pub async fn next(&mut self, patience: Option<Duration>) -> Result<Message, ClientError> {
        match patience {
            None => self.read_line().await?,
            Some(patience) => timeout(patience, self.read_line())
                .await
                .map_err(|_| ClientError::Silent(patience))??,
        }
        let message = serde_json::from_slice(&self.line)
            .map_err(|error| ClientError::Garbled(error.to_string()));
        self.line.clear();
        message
    }

    /// Fills `self.line` with one line, its end left out.
    async fn read_line(&mut self) -> Result<(), ClientError> {
        loop {
            let bytes = self.reader.fill_buf().await?;
            if bytes.is_empty() {
                return Err(ClientError::Ended);
            }
            let end = bytes.iter().position(|&byte| byte == b'\n');
            let part = end.unwrap_or(bytes.len());
            if self.line.len() + part > LINE_MAX {
                return Err(ClientError::TooLong);
            }
            self.line.extend_from_slice(&bytes[..part]);
            self.reader.consume(part + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;

    use tokio::io::AsyncReadExt;
    use tokio::net::UnixListener;

    use super::*;

    const DEADLINE: Option<Duration> = Some(Duration::from_secs(20));

    /// A client, and a server that answers its first line with `answer`, in pieces of `chunk`.
    async fn with_answer<F, T>(answer: Vec<u8>, chunk: usize, talk: impl FnOnce(Client) -> F) -> T
    where
        F: Future<Output = T>,
    {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("sock");
        let listener = UnixListener::bind(&path).expect("a socket");
        let serve = async {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut byte = [0];
            while byte[0] != b'\n' {
                stream.read_exact(&mut byte).await.expect("a request");
            }
            for part in answer.chunks(chunk) {
                // The client may have seen enough, and gone.
                if stream.write_all(part).await.is_err() {
                    break;
                }
            }
        };
        let ask = async {
            let mut client = Client::connect(&path).await.expect("a connection");
            client.send(&Request::Status).await.expect("sent");
            talk(client).await
        };
        tokio::join!(serve, ask).1
    }

    #[tokio::test]
    async fn messages_arrive_whole_however_they_are_cut() {
        let said = [Message::Missed { count: 3 }, Message::Done { code: 1 }];
        let answer: Vec<u8> = said
            .iter()
            .flat_map(|m| [serde_json::to_vec(m).expect("json"), b"\n".to_vec()].concat())
            .collect();
        for chunk in [1, 7, 4096] {
            let heard = with_answer(answer.clone(), chunk, async |mut client| {
                [
                    client.next(DEADLINE).await.expect("one"),
                    client.next(DEADLINE).await.expect("two"),
                ]
            });
            assert_eq!(heard.await, said);
        }
    }

    #[tokio::test]
    async fn a_daemon_that_goes_in_the_middle_of_a_line_is_told() {
        let answer = br#"{"message":"do"#.to_vec();
        let heard = with_answer(answer, 64, async |mut client| client.next(DEADLINE).await);
        assert!(matches!(heard.await, Err(ClientError::Ended)));
    }

    #[tokio::test]
    async fn an_answer_that_makes_no_sense_is_an_error_and_not_the_end() {
        let answer = b"\xff\x00nonsense\n{\"message\":\"done\",\"code\":0}\n".to_vec();
        let heard = with_answer(answer, 64, async |mut client| {
            (client.next(DEADLINE).await, client.next(DEADLINE).await)
        });
        let (first, second) = heard.await;
        assert!(matches!(first, Err(ClientError::Garbled(_))));
        assert!(matches!(second, Ok(Message::Done { code: 0 })));
    }

    #[tokio::test]
    async fn an_endless_line_ends_the_conversation() {
        let answer = vec![b'x'; LINE_MAX + 1];
        let heard = with_answer(answer, 1 << 20, async |mut client| {
            client.next(DEADLINE).await
        });
        assert!(matches!(heard.await, Err(ClientError::TooLong)));
    }

    #[tokio::test]
    async fn nobody_at_the_socket_is_an_error_with_its_path() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("sock");
        let error = Client::connect(&path).await.expect_err("nobody listens");
        assert!(
            error.to_string().contains(&path.display().to_string()),
            "{error}"
        );
    }
}
