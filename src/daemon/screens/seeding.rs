//! What tmux tells of a pane, in the words of the model.

use crate::screen::{Cursor, SavedScreen, Seed, Size};
use crate::tmux::Snapshot;

/// The same, for a model to start from.
pub(super) fn seed_of(snapshot: Snapshot) -> Seed {
    let cursor = |(x, y)| Cursor { x, y };
    let (cols, rows) = snapshot.size;
    Seed {
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
