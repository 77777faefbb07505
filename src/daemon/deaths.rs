//! Deaths are pushed by the kernel; tmux is only asked for what the kernel cannot say.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::engine::News;
use crate::os::process::{self, Exit, Pid, Process};
use crate::supervise::{Ending, Input, UnitName};
use crate::tmux::{Connection, Pane, PaneId};

/// How often a process is looked at that cannot be held.
const LOOK: Duration = Duration::from_secs(5);

/// Waits for the end of a unit's process and reports it.
pub(super) async fn watch(
    unit: UnitName,
    pane: PaneId,
    pid: i32,
    connection: Connection,
    news: mpsc::Sender<News>,
) {
    let ending = match Pid::new(pid) {
        Some(id) => ending_of(id, pane, &connection).await,
        None => Ending {
            status: None,
            reason: Some("its pane has no process".to_owned()),
        },
    };
    let died = Input::Died {
        unit,
        pane,
        pid,
        ending,
    };
    let _ = news.send(News::Result(died)).await;
}

async fn ending_of(pid: Pid, pane: PaneId, connection: &Connection) -> Ending {
    let why = match Process::open(pid) {
        Ok(process) => {
            process.ended().await;
            match process.exit() {
                Ok(exit) => return of_exit(exit),
                Err(why) => why.to_string(),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            "it had ended before it could be watched".to_owned()
        }
        Err(error) => {
            tracing::error!(%pid, %error, "a process cannot be watched; looking at it instead");
            while process::is_alive(pid) {
                sleep(LOOK).await;
            }
            "it could not be watched".to_owned()
        }
    };
    // tmux reaped it: then tmux knows, if anybody does.
    let panes = connection.list().await.unwrap_or_default();
    match panes.iter().find(|listed| listed.pane == pane) {
        Some(pane) => of_pane(pane, &why),
        None => Ending {
            status: None,
            reason: Some(why),
        },
    }
}

/// How a pane's process ended, as far as tmux knows; else why that is not known.
pub(super) fn of_pane(pane: &Pane, why: &str) -> Ending {
    match (pane.dead_status, pane.dead_signal) {
        (Some(code), _) => Ending {
            status: Some(code),
            reason: None,
        },
        (None, Some(signal)) => of_signal(signal),
        (None, None) => Ending {
            status: None,
            reason: Some(why.to_owned()),
        },
    }
}

fn of_exit(exit: Exit) -> Ending {
    match exit {
        Exit::Code(code) => Ending {
            status: Some(i32::from(code)),
            reason: None,
        },
        Exit::Signal(signal) => of_signal(signal),
    }
}

fn of_signal(signal: i32) -> Ending {
    Ending {
        status: Some(128 + signal),
        reason: Some(format!("ended by signal {signal}")),
    }
}
