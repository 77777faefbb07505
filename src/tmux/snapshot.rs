//! All that tmux says of a pane at one place of its output, so that a model can go on from there.
//!
//! An answer waits for all output before it. So what is captured holds exactly the output that the
//! reader saw before the answer, and all commands of one line see the same instant.

use tmux_control::command::{CapturePane, DisplayMessage, Row};
use tmux_control::{CommandLine, Format, Reply, octal};

use super::pane_state::{Numbers, numbers_format, read_title, title_format};
use super::rows::wraps;
use super::{Connection, PaneId, TmuxError, Version};

/// What decides how output that follows is shown.
///
/// tmux does not tell everything: what `ESC 7` saved, the character sets and the attributes are
/// not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Columns and rows.
    pub size: (u16, u16),
    /// The rows from the top, as many as `size` says: UTF-8, as far as the program wrote, with
    /// trailing blanks (tmux 3.2 adds some more). From tmux 3.6 on a tab is what the program moved
    /// over with one.
    pub rows: Vec<Vec<u8>>,
    /// For each row whether tmux wrapped it: its text goes on in the next.
    pub wraps: Vec<bool>,
    /// Column and row of the cursor, from 0. The column is the number of columns when a character
    /// in the last one awaits the next, which wraps.
    pub cursor: (u16, u16),
    /// The main screen, while the alternate one is shown.
    pub main: Option<SavedScreen>,
    /// Where the cursor goes when the program leaves the alternate screen (DECSET 1049). tmux keeps it
    /// afterwards. None: it never came there by 1049.
    pub saved_cursor: Option<(u16, u16)>,
    /// The title; empty if none was given. tmux calls every new pane after the host, which is none.
    pub title: String,
    /// First and last row of the scroll region, from 0.
    pub region: (u16, u16),
    /// Columns of the tab stops, from 0.
    pub tabs: Vec<u16>,
    /// Origin mode (DECOM).
    pub origin: bool,
    /// Insert mode (IRM).
    pub insert: bool,
    /// Whether text wraps at the edge (DECAWM).
    pub autowrap: bool,
    /// An escape sequence of which the end is still to come. Of a character that is not whole tmux
    /// tells nothing: a model that was fed its beginning keeps it.
    pub pending: Vec<u8>,
}

/// The main screen while the alternate one is shown. It keeps the size that it had when it was left,
/// whatever becomes of the pane meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedScreen {
    /// The rows from the top. They are cut to the columns that the pane has now.
    pub rows: Vec<Vec<u8>>,
    /// For each row whether tmux wrapped it.
    pub wraps: Vec<bool>,
}

/// What is asked for: one line, so one round trip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) pane: PaneId,
    /// So many rows of history too.
    pub(super) history: u32,
    pub(super) version: Version,
}

/// What the answer to a [`Question`] holds.
#[derive(Debug)]
pub(super) struct Answer {
    /// Rows above the screen, oldest first.
    pub(super) history: Vec<Vec<u8>>,
    pub(super) snapshot: Snapshot,
}

impl Question {
    pub(super) fn line(self) -> Result<CommandLine, TmuxError> {
        let pane = self.pane;
        let capture = CapturePane {
            trailing: true,
            used: self.version.captures_used_cells(),
            ..CapturePane::screen(pane)
        };
        let joined = CapturePane {
            join: true,
            ..CapturePane::screen(pane)
        };
        let hidden = |capture: &CapturePane| CapturePane {
            alternate: true,
            quiet: true,
            ..capture.clone()
        };
        let pending = CapturePane {
            pending: true,
            octal: true,
            ..CapturePane::screen(pane)
        };
        let start = (self.history > 0).then(|| {
            let rows = i32::try_from(self.history).unwrap_or(i32::MAX);
            Row::At(-rows)
        });
        let rows = CapturePane {
            start,
            ..capture.clone()
        };
        let line = CommandLine::new(&message(pane, numbers_format()))?
            .then(&message(pane, title_format()))?
            .then(&rows)?
            .then(&joined)?
            .then(&hidden(&capture))?
            .then(&hidden(&joined))?
            .then(&pending)?;
        Ok(line)
    }

    /// # Errors
    /// [`TmuxError::Command`] when the pane is gone; [`TmuxError::Forged`] when what the pane shows
    /// looks like the end of the answer.
    pub(super) fn read(self, replies: &[Reply]) -> Result<Answer, TmuxError> {
        if let Some(refused) = replies.iter().find(|reply| !reply.ok) {
            return Err(TmuxError::refused(refused));
        }
        let [numbers, title, rows, joined, main, main_joined, pending, ..] = replies else {
            return Err(TmuxError::Disconnected);
        };
        let forged = || TmuxError::Forged { pane: self.pane };
        let numbers = Numbers::read(numbers).ok_or_else(|| TmuxError::answer(numbers))?;
        let (cols, height) = numbers.size;
        let rows: Vec<Vec<u8>> = rows.lines().map(<[u8]>::to_vec).collect();
        let above = numbers.history.min(self.history) as usize;
        if rows.len() != above + usize::from(height) {
            return Err(forged());
        }
        let mut history = rows;
        let rows = history.split_off(above);
        let main = match numbers.alternate {
            true => Some(SavedScreen::read(main, main_joined, height).ok_or_else(forged)?),
            false => None,
        };
        let mut unescaped = Vec::new();
        let snapshot = Snapshot {
            size: (cols, height),
            wraps: wraps(&rows, joined.lines()).unwrap_or_else(|| vec![false; rows.len()]),
            rows,
            cursor: numbers.cursor,
            main,
            saved_cursor: numbers.saved_cursor,
            title: read_title(title),
            region: numbers.region,
            tabs: numbers.tabs,
            origin: numbers.origin,
            insert: numbers.insert,
            autowrap: numbers.autowrap,
            pending: octal::unescape(pending.first_line(), &mut unescaped).to_vec(),
        };
        Ok(Answer { history, snapshot })
    }
}

impl Connection {
    /// Asks for a snapshot of a pane now, apart from the stream: to confirm what a model shows.
    ///
    /// # Errors
    /// [`TmuxError::Command`] when the pane is gone, [`TmuxError::Forged`] when what it shows looks
    /// like the end of the answer.
    pub async fn snapshot(&self, pane: PaneId) -> Result<Snapshot, TmuxError> {
        let question = Question {
            pane,
            history: 0,
            version: self.version()?,
        };
        let replies = self.ask(&question.line()?).await?;
        Ok(question.read(&replies)?.snapshot)
    }
}

impl SavedScreen {
    /// None when the rows do not add up. How many there have to be nobody knows, unless the pane
    /// still has the height that it had then; but two captures must agree.
    fn read(rows: &Reply, joined: &Reply, height: u16) -> Option<Self> {
        let rows: Vec<Vec<u8>> = rows.lines().map(<[u8]>::to_vec).collect();
        let wraps = match wraps(&rows, joined.lines()) {
            Some(wraps) => wraps,
            None if rows.len() == usize::from(height) => vec![false; rows.len()],
            None => return None,
        };
        Some(Self { rows, wraps })
    }
}

fn message(pane: PaneId, format: String) -> DisplayMessage {
    DisplayMessage {
        target: Some(pane.into()),
        format: Format::new(format),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question = Question {
        pane: PaneId(1),
        history: 0,
        version: Version::OLDEST,
    };

    fn reply(lines: &[&str]) -> Reply {
        Reply::new((1, 2, 1), true, lines)
    }

    fn plain() -> [Reply; 7] {
        [
            reply(&["5 2 1 3 1 0 4294967295 4294967295 0 1 0 0 1 "]),
            reply(&["$a"]),
            reply(&["ab", "c"]),
            reply(&["ab", "c"]),
            reply(&[""]),
            reply(&[""]),
            reply(&[""]),
        ]
    }

    fn with(place: usize, lines: &[&str]) -> [Reply; 7] {
        let mut replies = plain();
        replies[place] = reply(lines);
        replies
    }

    fn read(replies: &[Reply]) -> Snapshot {
        QUESTION.read(replies).unwrap().snapshot
    }

    fn is_forged(replies: &[Reply]) -> bool {
        matches!(QUESTION.read(replies), Err(TmuxError::Forged { .. }))
    }

    #[test]
    fn a_plain_pane_is_read() {
        let snapshot = read(&plain());
        assert_eq!((snapshot.size, snapshot.cursor), ((5, 2), (3, 1)));
        assert_eq!(snapshot.rows, [b"ab".to_vec(), b"c".to_vec()]);
        assert_eq!((snapshot.wraps, snapshot.main), (vec![false; 2], None));
        assert_eq!((snapshot.region, snapshot.saved_cursor), ((0, 1), None));
        assert_eq!((snapshot.title.as_str(), snapshot.tabs), ("", vec![]));
        assert!(snapshot.autowrap && !snapshot.insert && !snapshot.origin);
        assert_eq!(snapshot.pending, b"");
    }

    #[test]
    fn history_is_given_apart_from_the_screen() {
        let question = Question {
            history: 9,
            ..QUESTION
        };
        let answer = question.read(&with(2, &["old", "ab", "c"])).unwrap();
        assert_eq!(answer.history, [b"old".to_vec()]);
        assert_eq!(answer.snapshot.rows, [b"ab".to_vec(), b"c".to_vec()]);
        let forged = question.read(&with(2, &["ab", "c"]));
        assert!(matches!(forged, Err(TmuxError::Forged { .. })));
    }

    #[test]
    fn modes_and_stops_are_read() {
        let snapshot = read(&with(0, &["5 2 0 5 0 0 1 0 1 1 1 1 0 2,4"]));
        assert!(snapshot.origin && snapshot.insert && !snapshot.autowrap);
        assert_eq!((snapshot.region, snapshot.tabs), ((1, 1), vec![2, 4]));
        assert_eq!(snapshot.saved_cursor, Some((1, 0)));
    }

    #[test]
    fn rows_that_are_too_few_or_too_many_are_forged() {
        assert!(is_forged(&with(2, &["ab"])));
        assert!(is_forged(&with(2, &["ab", "c", "d"])));
        // Where only the joined rows are broken, nothing is known to be wrapped.
        assert_eq!(read(&with(3, &["ab"])).wraps, [false; 2]);
        assert_eq!(read(&with(3, &["abc"])).wraps, [true, false]);
    }

    #[test]
    fn a_main_screen_of_another_height_must_agree_with_itself() {
        let alternate = |rows: &[&str], joined: &[&str]| {
            let mut replies = with(0, &["5 2 0 0 0 1 3 0 0 1 0 0 1 "]);
            (replies[4], replies[5]) = (reply(rows), reply(joined));
            replies
        };
        let main = read(&alternate(&["x", "y", "z"], &["xy", "z"]))
            .main
            .unwrap();
        assert_eq!((main.rows.len(), main.wraps), (3, vec![true, false, false]));
        let main = read(&alternate(&["x", "y"], &["x"])).main.unwrap();
        assert_eq!(main.wraps, [false; 2]);
        assert!(is_forged(&alternate(&["x"], &["x", "y"])));
    }

    #[test]
    fn titles_come_as_they_are_also_where_tmux_escapes_dollars() {
        let title = |text: &str| read(&with(1, &[text])).title;
        assert_eq!(title("$a"), "");
        assert_eq!(
            title("$aa $HOME \\$x, {漢} #[bold]"),
            "a $HOME \\$x, {漢} #[bold]"
        );
        assert_eq!(
            title("\\$a\\$HOME \\\\$x \\$ $ \\${"),
            "$HOME \\$x \\$ $ ${"
        );
        assert_eq!(title("nonsense"), "");
    }

    #[test]
    fn an_unfinished_sequence_is_unescaped() {
        let snapshot = read(&with(6, &["\\033]2;caf\\303\\251\\134"]));
        assert_eq!(snapshot.pending, b"\x1b]2;caf\xc3\xa9\\");
    }

    #[test]
    fn numbers_that_make_no_sense_are_an_error() {
        for numbers in [
            "",
            "5 2",
            "5 x 0 0 0 0 0 0 0 0 0 0 0 ",
            "70000 2 0 0 0 0 0 0 0 0 0 0 1 ",
        ] {
            let error = QUESTION.read(&with(0, &[numbers])).unwrap_err();
            assert!(matches!(error, TmuxError::Answer { .. }), "{numbers:?}");
        }
        let gone = Reply::new((1, 2, 1), false, ["can't find pane: %1"]);
        let error = QUESTION.read(&[gone]).unwrap_err();
        assert!(matches!(error, TmuxError::Command { .. }));
    }
}
