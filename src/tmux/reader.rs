//! The thread that reads the connection. It parses, hands output to the tap and replies to those
//! who asked, and never waits for anything but tmux.

use std::io::{PipeReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use tmux_control::{Event, Mode, Notification, Parser};

use super::link::{Link, Token};
use super::{Tap, refill};

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
    let mut parser = Parser::new(Mode::Control);
    let mut chunk = vec![0; CHUNK];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => parser.feed(&chunk[..length], &mut |event| on_event(event, link, tap)),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::warn!(%error, "reading from tmux failed");
                break;
            }
        }
    }
    parser.finish(&mut |event| on_event(event, link, tap));
}

fn on_event(event: Event<'_>, link: &Link, tap: &mut dyn Tap) {
    match event {
        Event::Notification(notification) => on_notification(notification, link, tap),
        Event::Reply(reply) => match link.on_reply(reply) {
            // Who asked may have given up.
            Some((Token::Asked { to, .. }, replies)) => drop(to.send(replies)),
            Some((Token::Refill(pane), replies)) => {
                link.pane_continues(pane);
                if let Some(rows) = refill::rows(&replies) {
                    tap.refill(pane, &rows);
                }
            }
            Some((Token::Nudge, _)) => link.nudge_answered(),
            None => {}
        },
        // Hooks and the configuration can write such lines; none is a fault of the stream.
        Event::Unknown(line) | Event::Malformed(line) | Event::Stray(line) => {
            let start = &line[..line.len().min(200)];
            tracing::debug!(line = %start.escape_ascii(), "a line from tmux that says nothing to ao");
        }
        Event::LineTooLong => tracing::warn!("a line from tmux was too long and is dropped"),
        _ => {}
    }
}

fn on_notification(notification: Notification<'_>, link: &Link, tap: &mut dyn Tap) {
    match notification {
        Notification::Output { pane, data } | Notification::ExtendedOutput { pane, data, .. } => {
            tap.output(pane, data);
        }
        Notification::Pause { pane } => {
            tap.gap(pane);
            link.pane_paused(pane);
        }
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
        | Notification::LayoutChange { .. }
        | Notification::ClientDetached { .. } => link.note(|news| news.changed = true),
        Notification::ConfigError { text } => {
            tracing::warn!(text = %text.escape_ascii(), "tmux reports a mistake in its configuration");
        }
        _ => {}
    }
}
