//! What tmux says of a pane becomes what a model starts from.

use super::{Cursor, Seed, Size};
use crate::tmux::Snapshot;

impl From<Snapshot> for Seed {
    fn from(snapshot: Snapshot) -> Self {
        let (cols, rows) = snapshot.size;
        let cursor = |(x, y)| Cursor { x, y };
        let back_at = cursor(snapshot.saved_cursor.unwrap_or(snapshot.cursor));
        Self {
            size: Size { cols, rows },
            rows: snapshot.rows,
            wraps: snapshot.wraps,
            cursor: cursor(snapshot.cursor),
            main: snapshot.main.map(|main| (main.rows, back_at)),
            title: snapshot.title,
            region: snapshot.region,
            tabs: snapshot.tabs,
            origin: snapshot.origin,
            insert: snapshot.insert,
            autowrap: snapshot.autowrap,
            pending: snapshot.pending,
        }
    }
}
