//! The thread that reads the connection. It parses, hands output to the tap and replies to those
//! who asked, and never waits for anything but tmux.

use std::collections::HashSet;
use std::io::{PipeReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tmux_control::{Event, Layout, Mode, Notification, Parser, Reply};

use super::link::{Link, Token};
use super::snapshot::{Answer, Question};
use super::{PaneId, Tap, TmuxError, refill};

/// How much is read at once, in bytes: all that a pipe holds.
const CHUNK: usize = 64 * 1024;

/// A read that follows the one before within this time is one of many, and to wake up for each
/// would cost more than what it brings.
const BUSY: Duration = Duration::from_millis(5);

/// So long output may gather before the next read, when there is much of it. A wake-up costs more
/// than what it brings; of 200 panes with ten repaints a second each this makes a third of the reads,
/// and delays a repaint by 1 ms at the median.
const GATHER: Duration = Duration::from_millis(2);

/// Where output goes, through all lives of the connection. Only a reader locks it, for its life.
pub(super) type SharedTap = Arc<Mutex<Box<dyn Tap>>>;

/// Starts the thread; it ends with the stream.
pub(super) fn start(stream: PipeReader, link: Arc<Link>, tap: SharedTap) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("tmux-reader".to_owned())
        .spawn(move || {
            let mut tap = tap.lock().unwrap_or_else(PoisonError::into_inner);
            read(stream, &link, tap.as_mut());
            // The next reader may take the tap as soon as the end is known.
            drop(tap);
            link.end();
        })?;
    Ok(())
}

fn read(mut stream: PipeReader, link: &Link, tap: &mut dyn Tap) {
    let mut reader = Reader {
        link,
        tap,
        broken: HashSet::new(),
    };
    let mut parser = Parser::new(Mode::Control);
    let mut chunk = vec![0; CHUNK];
    let mut last = Instant::now();
    loop {
        let length = match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => {
                tracing::warn!(%error, "reading from tmux failed");
                break;
            }
        };
        parser.feed(&chunk[..length], &mut |event| reader.on_event(event));
        reader.tap.settled();
        let before = std::mem::replace(&mut last, Instant::now());
        // Who waits for an answer is not kept waiting, and neither is a flood.
        if last - before < BUSY && length < CHUNK / 4 && !link.awaits_answers() {
            std::thread::sleep(GATHER);
        }
    }
    parser.finish(&mut |event| reader.on_event(event));
    reader.tap.settled();
}

struct Reader<'a> {
    link: &'a Link,
    tap: &'a mut dyn Tap,
    /// Panes whose last snapshot made no sense. What they showed was to blame, so it is tried again
    /// when they show something else.
    broken: HashSet<PaneId>,
}

impl Reader<'_> {
    fn on_event(&mut self, event: Event<'_>) {
        match event {
            Event::Notification(notification) => self.on_notification(notification),
            Event::Reply(reply) => {
                if let Some((token, replies)) = self.link.on_reply(reply) {
                    self.on_answer(token, replies);
                }
            }
            // Hooks and the configuration can write such lines; none is a fault of the stream.
            Event::Unknown(line) | Event::Malformed(line) | Event::Stray(line) => {
                let start = &line[..line.len().min(200)];
                tracing::debug!(line = %start.escape_ascii(), "a line from tmux that says nothing to ao");
            }
            Event::LineTooLong => tracing::warn!("a line from tmux was too long and is dropped"),
            _ => {}
        }
    }

    fn on_answer(&mut self, token: Token, replies: Vec<Reply>) {
        match token {
            // Who asked may have given up.
            Token::Asked { to, .. } => drop(to.send(replies)),
            Token::Refill(question) => {
                let pane = question.pane;
                self.link.pane_continues(pane);
                if let Some(answer) = self.snapshot(question, &replies) {
                    self.tap.refill(pane, &refill::rows(&answer));
                    self.tap.seed(pane, answer.snapshot);
                }
            }
            Token::Seed(question) => {
                if let Some(answer) = self.snapshot(question, &replies) {
                    self.tap.seed(question.pane, answer.snapshot);
                }
                self.link.seed_answered(question.pane);
            }
            Token::Way(pane, bytes) => self.link.way_answered(pane, bytes, &replies),
            Token::Written => self.link.written(),
            Token::Nudge => self.link.nudge_answered(),
        }
    }

    /// What a pane showed, at this place of its output.
    fn snapshot(&mut self, question: Question, replies: &[Reply]) -> Option<Answer> {
        let pane = question.pane;
        match question.read(replies) {
            Ok(answer) => {
                let size = answer.snapshot.size;
                self.link.seeds(|seeds| seeds.succeeded(pane, size));
                self.broken.remove(&pane);
                Some(answer)
            }
            Err(error @ TmuxError::Command { .. }) => {
                tracing::debug!(%pane, %error, "no snapshot");
                self.link.seeds(|seeds| seeds.forget(pane));
                self.broken.remove(&pane);
                None
            }
            Err(error) => {
                tracing::debug!(%pane, %error, "no snapshot");
                if self.link.seeds(|seeds| seeds.failed(pane)) {
                    self.broken.insert(pane);
                }
                None
            }
        }
    }

    fn on_output(&mut self, pane: PaneId, data: &[u8]) {
        self.tap.output(pane, data);
        if !self.broken.is_empty() && self.broken.remove(&pane) {
            self.link.want_seed(pane);
        }
    }

    fn on_layout(&mut self, layout: &[u8]) {
        let layout = match Layout::parse(layout) {
            Ok(layout) => layout,
            Err(error) => {
                tracing::debug!(%error, "a layout that is not understood");
                return;
            }
        };
        for (pane, cell) in layout.panes() {
            if self.link.pane_resized(pane, (cell.width, cell.height)) {
                let cells = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
                self.tap
                    .resized(pane, cells(cell.width), cells(cell.height));
            }
        }
    }

    fn on_notification(&mut self, notification: Notification<'_>) {
        match notification {
            Notification::Output { pane, data }
            | Notification::ExtendedOutput { pane, data, .. } => self.on_output(pane, data),
            Notification::Pause { pane } => {
                self.tap.gap(pane);
                self.link.pane_paused(pane);
            }
            Notification::LayoutChange {
                layout, visible, ..
            } => {
                self.on_layout(visible.unwrap_or(layout));
                self.link.note(|news| news.changed = true);
            }
            other => self.on_news(other),
        }
    }

    fn on_news(&mut self, notification: Notification<'_>) {
        let link = self.link;
        match notification {
            Notification::SessionChanged { session, .. } => {
                link.note(|news| news.session = Some(session));
            }
            Notification::ClientSessionChanged {
                client, session, ..
            } => link.note(|news| news.client_moved(client, session)),
            Notification::Exit { reason } => {
                let reason = reason.map(|reason| String::from_utf8_lossy(reason).into_owned());
                link.note(|news| news.reason = reason);
            }
            Notification::SessionsChanged
            | Notification::SessionRenamed { .. }
            | Notification::WindowAdd { .. }
            | Notification::WindowClose { .. }
            | Notification::UnlinkedWindowAdd { .. }
            | Notification::UnlinkedWindowClose { .. }
            | Notification::ClientDetached { .. } => link.note(|news| news.changed = true),
            Notification::ConfigError { text } => {
                tracing::warn!(text = %text.escape_ascii(), "tmux reports a mistake in its configuration");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::tmux::Snapshot;

    /// What a tap is told, as text.
    #[derive(Default)]
    struct Told(Vec<String>);

    impl Tap for Told {
        fn output(&mut self, pane: PaneId, bytes: &[u8]) {
            let bytes = bytes.escape_ascii();
            self.0.push(format!("{pane} wrote {bytes}"));
        }

        fn gap(&mut self, pane: PaneId) {
            self.0.push(format!("{pane} gap"));
        }

        fn refill(&mut self, pane: PaneId, rows: &[Vec<u8>]) {
            let rows = rows.join(&b'|');
            self.0
                .push(format!("{pane} refill {}", rows.escape_ascii()));
        }

        fn seed(&mut self, pane: PaneId, snapshot: Snapshot) {
            let rows = snapshot.rows.join(&b'|');
            let (rows, pending) = (rows.escape_ascii(), snapshot.pending.escape_ascii());
            self.0.push(format!("{pane} shows {rows} {pending}"));
        }

        fn resized(&mut self, pane: PaneId, cols: u16, rows: u16) {
            self.0.push(format!("{pane} is {cols}x{rows}"));
        }

        fn settled(&mut self) {}
    }

    /// What tmux says to each command of a line; the rows are `rows`.
    fn answer(rows: &[&str]) -> String {
        let joined = rows.join("\n");
        let numbers = "5 2 1 0 0 0 4294967295 4294967295 0 1 0 0 1 ";
        let bodies = [numbers, "$a", &joined, &joined, "", "", ""];
        let blocks = bodies
            .iter()
            .enumerate()
            .map(|(n, body)| format!("%begin 1 {n} 1\n{body}\n%end 1 {n} 1\n"));
        blocks.collect()
    }

    /// Reads what tmux says, and gives what the tap is told.
    fn told(link: &Link, stream: &str) -> Vec<String> {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(stream.as_bytes()).unwrap();
        drop(writer);
        let mut told = Told::default();
        read(reader, link, &mut told);
        told.0
    }

    #[test]
    fn a_snapshot_stands_where_tmux_answered() {
        let link = Link::new(8);
        link.seed(PaneId(1));
        let stream = format!("%output %1 a\n{}%output %1 b\n", answer(&["a", ""]));
        let wanted = ["%1 wrote a", "%1 shows a| ", "%1 wrote b"];
        assert_eq!(told(&link, &stream), wanted);
    }

    #[test]
    fn a_forged_snapshot_is_dropped_and_tried_again_when_the_pane_writes() {
        let link = Link::new(8);
        link.seed(PaneId(1));
        let (forged, good) = (answer(&["a"]), answer(&["a", "b"]));
        let stream = format!("{forged}%output %2 x\n%output %1 b\n{good}");
        let wanted = ["%2 wrote x", "%1 wrote b", "%1 shows a|b "];
        assert_eq!(told(&link, &stream), wanted);
    }

    #[test]
    fn a_pane_that_was_paused_is_refilled_and_then_shown() {
        let link = Link::new(8);
        let answer = answer(&["old", "a ", ""]);
        let resumed = "%begin 1 9 1\n%end 1 9 1\n";
        let stream = format!("%pause %1\n{answer}{resumed}%output %1 b\n");
        let wanted = ["%1 gap", "%1 refill old|a|", "%1 shows a | ", "%1 wrote b"];
        assert_eq!(told(&link, &stream), wanted);
    }

    #[test]
    fn only_watched_panes_whose_cell_changed_are_told_of_a_layout() {
        let link = Link::new(8);
        link.seed(PaneId(1));
        let seen = answer(&["a", ""]);
        let stream = format!(
            "{seen}\
             %layout-change @1 0000,9x2,0,0{{5x2,0,0,1,3x2,6,0,2}} 0000,9x2,0,0{{5x2,0,0,1,3x2,6,0,2}} \n\
             %layout-change @1 0000,9x2,0,0{{5x2,0,0,1,3x2,6,0,2}} 0000,9x2,0,0,1 *Z\n\
             {seen}\
             %layout-change @1 nonsense\n"
        );
        assert_eq!(
            told(&link, &stream),
            ["%1 shows a| ", "%1 is 9x2", "%1 shows a| "]
        );
    }
}
