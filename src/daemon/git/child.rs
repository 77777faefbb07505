//! A child that has a limit of time and of output, and never outlives who waits for it.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::os::process;

/// How much of its output is taken.
const STDOUT_MAX: usize = 1 << 20;
/// How much of its messages is kept.
const STDERR_MAX: usize = 16 << 10;
/// How long its pipes are read after it ended: what it leaves running in the background, such as
/// a shared connection of ssh, holds them open.
const LINGER: Duration = Duration::from_millis(200);
/// How long it may take to clear away its locks before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// How a child went.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    /// It had more to say than is taken; its status says nothing then.
    pub(super) cut: bool,
    pub(super) stderr: Vec<u8>,
}

/// Why there is no output.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no such program.
    Missing,
    /// It did not end within its limit.
    TooLong,
    /// The system refused something.
    Io(io::Error),
}

/// Runs a child to its end. Whoever no longer waits, or not this long, ends it with its whole
/// process group.
pub(super) async fn run(
    mut command: Command,
    input: &[u8],
    limit: Duration,
) -> Result<Output, Failure> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::Missing,
        _ => Failure::Io(error),
    })?;
    let mut running = Running {
        child: Some(child),
        ending: false,
    };
    let ended = timeout(limit, running.output(input)).await;
    ended.unwrap_or(Err(Failure::TooLong))
}

/// A child that leads a process group of its own.
struct Running {
    child: Option<Child>,
    /// It was told to end.
    ending: bool,
}

impl Running {
    async fn output(&mut self, input: &[u8]) -> Result<Output, Failure> {
        let child = self.child.as_mut().expect("it is only taken when dropped");
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(mut stdout), Some(mut stderr)) = pipes else {
            unreachable!("all three are pipes");
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut cut = false;
        let status = {
            let talk = async {
                let say = async {
                    // One that does not listen says so by its status.
                    let _ = stdin.write_all(input).await;
                    drop(stdin);
                };
                let hear = async {
                    fill(&mut stdout, &mut out, STDOUT_MAX + 1).await;
                    cut = out.len() > STDOUT_MAX;
                    drop(stdout);
                };
                let mind = async {
                    fill(&mut stderr, &mut err, STDERR_MAX).await;
                    let mut rest = tokio::io::sink();
                    let _ = tokio::io::copy(&mut stderr, &mut rest).await;
                };
                tokio::join!(say, hear, mind);
            };
            let mut talk = std::pin::pin!(talk);
            tokio::select! {
                () = &mut talk => child.wait().await,
                status = child.wait() => {
                    let _ = timeout(LINGER, &mut talk).await;
                    status
                }
            }
        };
        out.truncate(STDOUT_MAX);
        Ok(Output {
            status: status.map_err(Failure::Io)?,
            stdout: out,
            cut,
            stderr: err,
        })
    }

    /// Ends the group, which was told to. The leader is not waited for before all is killed: until
    /// then nobody else's group can have its number.
    async fn end(mut self) {
        let leader = self
            .id()
            .and_then(|id| process::Process::open(id.into()).ok());
        if let Some(leader) = leader {
            let _ = timeout(GRACE, leader.ended()).await;
        }
        self.signal(Signal::KILL);
        if let Some(mut child) = self.child.take() {
            let _ = child.wait().await;
        }
    }

    /// Its number, as long as nobody else can have it.
    fn id(&self) -> Option<Pid> {
        let id = self.child.as_ref()?.id()?;
        Pid::from_raw(i32::try_from(id).ok()?)
    }

    fn signal(&self, signal: Signal) {
        if let Some(id) = self.id() {
            // A group that is gone is what is wanted.
            let _ = kill_process_group(id, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.id().is_none() || self.ending {
            return;
        }
        // git clears away its locks when it is told to terminate, and not when it is killed.
        self.signal(Signal::TERM);
        let ending = Self {
            child: self.child.take(),
            ending: true,
        };
        // Without a runtime the daemon itself is ending, and what it told to end has to do.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(ending.end());
        }
    }
}

/// Reads until the end, an error, or `longest` bytes.
async fn fill(from: &mut (impl AsyncRead + Unpin), into: &mut Vec<u8>, longest: usize) {
    let room = longest as u64;
    let _ = from.take(room).read_to_end(into).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::process::is_alive;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn a_child_has_its_input_its_output_and_its_status() {
        let output = run(shell("cat; echo oops >&2; exit 3"), b"hi", LONG).await;
        let output = output.unwrap();
        assert_eq!(
            (output.stdout, output.stderr),
            (b"hi".to_vec(), b"oops\n".to_vec())
        );
        assert_eq!((output.status.code(), output.cut), (Some(3), false));
    }

    #[tokio::test]
    async fn a_program_that_is_missing_is_told() {
        let output = run(Command::new("/there/is/no/such"), b"", LONG).await;
        assert!(matches!(output, Err(Failure::Missing)), "{output:?}");
    }

    #[tokio::test]
    async fn a_flood_is_cut() {
        let output = run(shell("yes"), b"", LONG).await.unwrap();
        assert!(output.cut);
        assert_eq!(output.stdout.len(), STDOUT_MAX);
        let output = run(shell("yes | head -c 3000000 >&2"), b"", LONG)
            .await
            .unwrap();
        assert!(output.status.success());
        assert_eq!(output.stderr.len(), STDERR_MAX);
    }

    #[tokio::test]
    async fn what_a_child_leaves_in_the_background_is_neither_waited_for_nor_ended() {
        let output = run(shell("sleep 600 & echo $!"), b"", LONG).await.unwrap();
        let left: process::Pid = String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        assert!(is_alive(left));
        process::Process::open(left)
            .unwrap()
            .signal(Signal::KILL)
            .unwrap();
    }
}
