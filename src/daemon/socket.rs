//! The fleet's Unix socket: who may talk to the daemon, and how slow they may be.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot};
use tokio::time::timeout;

use super::events::Subscription;
use super::wire::{Message, Request};
use crate::os;

/// How many clients are served at a time; more wait to be accepted.
const CLIENTS: usize = 64;

/// How many messages may wait for a client before it misses progress.
const OUTBOX: usize = 1024;

/// The longest request, in bytes.
const REQUEST_MAX: u64 = 1024 * 1024;

/// How long a client may take to say what it wants, and to take what it is given.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client's request, and where the answer goes.
#[derive(Debug)]
pub(super) struct Call {
    /// What is asked.
    pub(super) request: Request,
    /// Takes messages; the conversation ends with [`Message::Done`] or when this is dropped.
    pub(super) outbox: mpsc::Sender<Message>,
    /// For [`Request::Events`]: takes the stream.
    pub(super) stream: oneshot::Sender<Subscription>,
}

/// The listening socket; its file goes with it.
#[derive(Debug)]
pub(super) struct Listener {
    listener: UnixListener,
    path: PathBuf,
}

impl Listener {
    /// Listens at `path`, whose directory is ours alone. A file that a dead daemon left is
    /// replaced: the caller holds the fleet's lock.
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self {
            listener: UnixListener::bind(path)?,
            path: path.to_owned(),
        })
    }

    /// Serves clients for ever, each in a task of its own.
    pub(super) async fn serve(self, calls: mpsc::Sender<Call>) {
        let places = Arc::new(Semaphore::new(CLIENTS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let calls = calls.clone();
                    tokio::spawn(async move {
                        if let Err(error) = converse(stream, calls).await {
                            tracing::debug!(%error, "a client went away");
                        }
                        drop(place);
                    });
                }
                Err(error) => {
                    // Out of descriptors, most likely; others free some soon.
                    tracing::warn!(%error, "a client could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn converse(stream: UnixStream, calls: mpsc::Sender<Call>) -> io::Result<()> {
    if os::peer::uid(&stream)? != os::peer::own_uid() {
        return Err(io::Error::other("another user's process"));
    }
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let request = timeout(PATIENCE, read_request(&mut reader)).await??;
    let (outbox, mut inbox) = mpsc::channel(OUTBOX);
    let (stream, subscription) = oneshot::channel();
    let follow = matches!(request, Request::Events { follow: true });
    let events = matches!(request, Request::Events { .. });
    let call = Call {
        request,
        outbox,
        stream,
    };
    if calls.send(call).await.is_err() {
        return Ok(());
    }
    if events {
        let Ok(subscription) = subscription.await else {
            return Ok(());
        };
        return send_events(&mut reader, &mut writer, subscription, follow).await;
    }
    while let Some(message) = inbox.recv().await {
        let last = matches!(message, Message::Done { .. });
        send(&mut writer, &message).await?;
        if last {
            break;
        }
    }
    Ok(())
}

async fn read_request(reader: &mut BufReader<OwnedReadHalf>) -> io::Result<Request> {
    let mut line = Vec::new();
    reader
        .take(REQUEST_MAX)
        .read_until(b'\n', &mut line)
        .await?;
    if line.pop() != Some(b'\n') {
        return Err(io::Error::other("a request that is too long or cut off"));
    }
    serde_json::from_slice(&line).map_err(io::Error::other)
}

async fn send(writer: &mut OwnedWriteHalf, message: &Message) -> io::Result<()> {
    let mut line = serde_json::to_vec(message).map_err(io::Error::other)?;
    line.push(b'\n');
    timeout(PATIENCE, writer.write_all(&line)).await?
}

async fn send_events(
    reader: &mut BufReader<OwnedReadHalf>,
    writer: &mut OwnedWriteHalf,
    (past, mut live): Subscription,
    follow: bool,
) -> io::Result<()> {
    for event in past {
        send(writer, &Message::Event(Box::new((*event).clone()))).await?;
    }
    if !follow {
        return send(writer, &Message::Done { code: 0 }).await;
    }
    loop {
        let message = tokio::select! {
            // A client that leaves says so by closing its side.
            _ = reader.fill_buf() => return Ok(()),
            event = live.recv() => match event {
                Ok(event) => Message::Event(Box::new((*event).clone())),
                Err(broadcast::error::RecvError::Lagged(count)) => Message::Missed { count },
                Err(broadcast::error::RecvError::Closed) => break,
            },
        };
        send(writer, &message).await?;
    }
    send(writer, &Message::Done { code: 0 }).await
}
