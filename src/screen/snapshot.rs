//! What tmux says of a pane and of itself becomes what a model starts from.

use super::{Cursor, Rules, SavedScreen, Seed, Size};
use crate::tmux::{Snapshot, Version};

impl From<Snapshot> for Seed {
    fn from(snapshot: Snapshot) -> Self {
        let (cols, rows) = snapshot.size;
        let cursor = |(x, y)| Cursor { x, y };
        Self {
            size: Size::new(cols, rows),
            rows: snapshot.rows,
            wraps: snapshot.wraps,
            cursor: cursor(snapshot.cursor),
            main: snapshot.main.map(|main| SavedScreen {
                rows: main.rows,
                wraps: main.wraps,
            }),
            saved_cursor: snapshot.saved_cursor.map(cursor),
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

impl From<Version> for Rules {
    fn from(version: Version) -> Self {
        Self::for_release(version.major.into(), version.minor.into())
    }
}
