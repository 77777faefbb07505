//! The thread that reads the connection. It parses, hands output to the tap and replies to those
//! who asked, and never waits for anything but tmux.

use std::collections::HashSet;
use std::io::{PipeReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use tmux_control::{Event, Layout, Mode, Notification, Parser, Reply};

use super::link::{Link, Token};
use super::partial::Partials;
use super::snapshot::{Answer, Question};
use super::{PaneId, Tap, TmuxError, refill};

/// How much is read at once, in bytes: all that a pipe holds.
const CHUNK: usize = 64 * 1024;

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
        partials: Partials::default(),
        broken: HashSet::new(),
    };
    let mut parser = Parser::new(Mode::Control);
    let mut chunk = vec![0; CHUNK];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => parser.feed(&chunk[..length], &mut |event| reader.on_event(event)),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => {
                tracing::warn!(%error, "reading from tmux failed");
                break;
            }
        }
        reader.tap.settled();
    }
    parser.finish(&mut |event| reader.on_event(event));
    reader.tap.settled();
}

struct Reader<'a> {
    link: &'a Link,
    tap: &'a mut dyn Tap,
    partials: Partials,
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
            Token::Nudge => self.link.nudge_answered(),
        }
    }

    /// What a pane showed, at this place of its output.
    fn snapshot(&mut self, question: Question, replies: &[Reply]) -> Option<Answer> {
        let pane = question.pane;
        match question.read(replies) {
            Ok(mut answer) => {
                let snapshot = &mut answer.snapshot;
                self.link
                    .seeds(|seeds| seeds.succeeded(pane, snapshot.size));
                if snapshot.pending.is_empty() {
                    snapshot.pending = self.partials.of(pane).to_vec();
                }
                self.broken.remove(&pane);
                Some(answer)
            }
            Err(error @ TmuxError::Command { .. }) => {
                tracing::debug!(%pane, %error, "no snapshot");
                self.link.seeds(|seeds| seeds.forget(pane));
                self.partials.forget(pane);
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
        self.partials.output(pane, data);
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
                self.partials.forget(pane);
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
