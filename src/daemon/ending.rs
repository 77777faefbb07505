//! Ends agents: a hang-up first, force later, until every process of the pane's terminal
//! session is gone.
//!
//! Many ends that are asked for together share one look at the process table, which is what
//! makes sending away a whole fleet cheap.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::os::process::{self, Pid, Process, Signal};

/// After a hang-up: how long before the processes are asked to terminate.
const HANG_UP_GRACE: Duration = Duration::from_secs(2);
/// After that: how long before they are killed.
const TERMINATE_GRACE: Duration = Duration::from_secs(3);
/// How long the kernel may take to end what was killed (uninterruptible waits).
const KILL_GRACE: Duration = Duration::from_secs(5);
/// How often new members of a session are looked for; a program that forks faster than it can
/// be killed is reported, not chased for ever.
const ROUNDS: usize = 5;

/// How a session's processes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Force {
    /// A hang-up was enough.
    None,
    /// They had to be asked to terminate.
    Terminated,
    /// They had to be killed.
    Killed,
    /// Something still runs.
    Survived,
}

struct Job {
    leader: Pid,
    round: usize,
    force: Force,
    done: oneshot::Sender<Force>,
}

/// Ends terminal sessions. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Ender {
    jobs: mpsc::UnboundedSender<Job>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job")
            .field("leader", &self.leader)
            .finish_non_exhaustive()
    }
}

impl Ender {
    /// Must be called in a runtime.
    pub(super) fn new() -> Self {
        // Bounded by the callers: a unit has at most one end under way.
        let (jobs, inbox) = mpsc::unbounded_channel();
        tokio::spawn(run(inbox, jobs.clone()));
        Self { jobs }
    }

    /// Ends every process whose terminal session `leader` began, and returns when they are gone.
    pub(super) async fn end(&self, leader: Pid) -> Force {
        let (done, gone) = oneshot::channel();
        let job = Job {
            leader,
            round: 0,
            force: Force::None,
            done,
        };
        if self.jobs.send(job).is_err() {
            return Force::Survived;
        }
        gone.await.unwrap_or(Force::Survived)
    }
}

/// Takes jobs in batches; each batch costs one look at the process table.
async fn run(mut inbox: mpsc::UnboundedReceiver<Job>, again: mpsc::UnboundedSender<Job>) {
    let mut batch = Vec::new();
    while inbox.recv_many(&mut batch, usize::MAX).await > 0 {
        let leaders: Vec<Pid> = batch.iter().map(|job| job.leader).collect();
        let mut sessions = match process::terminal_sessions(&leaders) {
            Ok(sessions) => sessions,
            Err(error) => {
                tracing::error!(%error, "the process table cannot be read");
                // Who cannot be seen may well live on.
                for job in batch.drain(..) {
                    let _ = job.done.send(Force::Survived);
                }
                continue;
            }
        };
        for mut job in batch.drain(..) {
            let members = sessions.remove(&job.leader).unwrap_or_default();
            if members.is_empty() {
                let _ = job.done.send(job.force);
                continue;
            }
            if job.round == ROUNDS {
                let _ = job.done.send(Force::Survived);
                continue;
            }
            job.round += 1;
            let again = again.clone();
            tokio::spawn(async move {
                job.force = job.force.max(end_all(&members).await);
                // Whoever forked in the meantime is found by one more look.
                let _ = again.send(job);
            });
        }
    }
}

async fn end_all(members: &[Process]) -> Force {
    let steps = [
        (Signal::HUP, HANG_UP_GRACE, Force::None),
        (Signal::TERM, TERMINATE_GRACE, Force::Terminated),
        (Signal::KILL, KILL_GRACE, Force::Killed),
    ];
    for (signal, grace, force) in steps {
        for member in members.iter().filter(|member| !member.has_ended()) {
            if let Err(error) = member.signal(signal) {
                tracing::warn!(pid = %member.pid(), %error, "a signal could not be sent");
            }
            // A stopped process acts on a signal only once it goes on.
            let _ = member.signal(Signal::CONT);
        }
        let gone = async {
            for member in members {
                member.ended().await;
            }
        };
        if timeout(grace, gone).await.is_ok() {
            return force;
        }
    }
    Force::Survived
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// A shell line in a terminal session of its own, after it said that it is ready.
    fn session(line: &str) -> (Child, Pid) {
        let mut child = Command::new("setsid")
            .args(["sh", "-c", line])
            .stdout(Stdio::piped())
            .spawn()
            .expect("setsid");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("a pipe"))
            .read_line(&mut said)
            .expect("a line");
        (
            child,
            Pid::new(said.trim().parse().expect("a pid")).expect("a pid"),
        )
    }

    async fn force(line: &str) -> Force {
        let (mut child, leader) = session(line);
        let ender = Ender::new();
        let reaper = std::thread::spawn(move || child.wait());
        let force = ender.end(leader).await;
        let left = process::terminal_sessions(&[leader]).expect("a table");
        assert!(left[&leader].is_empty());
        reaper.join().expect("a thread").expect("a status");
        force
    }

    #[tokio::test]
    async fn a_hang_up_is_enough_for_most() {
        assert_eq!(force("echo $$; exec sleep 1000").await, Force::None);
    }

    #[tokio::test]
    async fn what_ignores_the_hang_up_is_terminated_with_its_children() {
        let line = "trap '' HUP; sleep 1000 & echo $$; wait";
        assert_eq!(force(line).await, Force::Terminated);
    }

    #[tokio::test]
    async fn a_stopped_process_goes_too() {
        let line = "echo $$; kill -STOP $$; exec sleep 1000";
        assert_eq!(force(line).await, Force::None);
    }

    #[tokio::test]
    async fn nobody_left_is_no_error() {
        let (mut child, leader) = session("echo $$");
        child.wait().expect("a status");
        assert_eq!(Ender::new().end(leader).await, Force::None);
    }
}
