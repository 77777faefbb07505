//! What a dead unit's pane still shows, and how the pane is let go.

use crate::tmux::{Capture, Connection, PaneId, Screen, TmuxError};

/// How many rows of a dead unit's screen are kept.
const LAST_ROWS: usize = 50;

/// How often a screen that still changes is looked at again.
const LOOKS: usize = 8;

/// What is left in the pane of a process that ended.
pub(super) enum Words {
    /// A living process runs in the pane.
    Respawned(i32),
    /// The rows that stood there.
    Rows(Vec<String>),
    /// The pane is gone, or tmux.
    None,
}

/// Looks what stands in the pane of a process that ended.
pub(super) async fn last_words(connection: &Connection, pane: PaneId, dead: i32) -> Words {
    match settled_screen(connection, pane).await {
        Ok(screen) => match screen.pid {
            Some(pid) if pid.get() != dead => Words::Respawned(pid.get()),
            _ => Words::Rows(rows_to_keep(&screen)),
        },
        Err(error) => {
            tracing::debug!(%pane, %error, "no last screen");
            Words::None
        }
    }
}

/// The screen once it stands still from one answer to the next. The kernel tells of a death
/// before tmux has read what the process wrote last; but what it wrote waits in the terminal, and
/// between two questions tmux reads there. Nothing is waited for by the clock, and not for tmux to
/// notice the death, which it may never do while a child keeps the terminal.
async fn settled_screen(connection: &Connection, pane: PaneId) -> Result<Screen, TmuxError> {
    let history = Capture::History(u32::try_from(LAST_ROWS).unwrap_or(u32::MAX));
    let mut screen = connection.capture(pane, history).await?;
    for _ in 0..LOOKS {
        if screen.dead {
            break;
        }
        let before = std::mem::replace(&mut screen, connection.capture(pane, history).await?);
        if before.rows == screen.rows {
            break;
        }
    }
    Ok(screen)
}

/// The last rows that are not blank, without tmux's own note that the pane is dead.
fn rows_to_keep(screen: &Screen) -> Vec<String> {
    let mut rows: Vec<String> = screen
        .rows
        .iter()
        .map(|row| String::from_utf8_lossy(row).trim_end().to_owned())
        .collect();
    let trim = |rows: &mut Vec<String>| {
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
    };
    trim(&mut rows);
    if rows
        .last()
        .is_some_and(|row| row.starts_with("Pane is dead"))
    {
        rows.pop();
        trim(&mut rows);
    }
    let first = rows.len().saturating_sub(LAST_ROWS);
    rows.split_off(first)
}

/// Has tmux drop a pane.
pub(super) async fn let_go(connection: &Connection, pane: PaneId) {
    if let Err(error) = connection.kill_pane(pane).await {
        // It goes with its server or is listed again; either way it is not forgotten.
        tracing::debug!(%pane, %error, "a pane could not be let go");
    }
}
