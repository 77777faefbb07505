//! What there is.

use super::{Command, Words};
use crate::{Format, Session, Target};

/// Which panes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaneScope {
    /// All of the server. A pane comes once for each session that its window is in.
    All,
    /// All of a session.
    Session(Session),
    /// All of one window.
    Window(Target),
}

/// `list-panes`: a line for each pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPanes {
    /// Which.
    pub scope: PaneScope,
    /// The line.
    pub format: Format,
    /// Only those for which this is true: neither empty nor `0`.
    pub filter: Option<Format>,
}

impl Command for ListPanes {
    fn write(&self, words: &mut Words) {
        words.command("list-panes");
        words.format("-F", &self.format);
        filter(words, &self.filter);
        match &self.scope {
            PaneScope::All => words.flag("-a", true),
            PaneScope::Session(session) => {
                words.flag("-s", true);
                words.session(session);
            }
            PaneScope::Window(target) => words.target(target),
        }
    }
}

/// `list-windows`: a line for each window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListWindows {
    /// Those of one session; all of the server otherwise.
    pub session: Option<Session>,
    /// The line.
    pub format: Format,
    /// Only those for which this is true: neither empty nor `0`.
    pub filter: Option<Format>,
}

impl Command for ListWindows {
    fn write(&self, words: &mut Words) {
        words.command("list-windows");
        words.format("-F", &self.format);
        filter(words, &self.filter);
        match &self.session {
            None => words.flag("-a", true),
            Some(session) => words.session(session),
        }
    }
}

/// `list-sessions`: a line for each session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSessions {
    /// The line.
    pub format: Format,
    /// Only those for which this is true: neither empty nor `0`.
    pub filter: Option<Format>,
}

impl Command for ListSessions {
    fn write(&self, words: &mut Words) {
        words.command("list-sessions");
        words.format("-F", &self.format);
        filter(words, &self.filter);
    }
}

/// `list-clients`: a line for each client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListClients {
    /// Those of one session; all otherwise.
    pub session: Option<Session>,
    /// The line.
    pub format: Format,
}

impl Command for ListClients {
    fn write(&self, words: &mut Words) {
        words.command("list-clients");
        words.format("-F", &self.format);
        if let Some(session) = &self.session {
            words.session(session);
        }
    }
}

fn filter(words: &mut Words, filter: &Option<Format>) {
    if let Some(filter) = filter {
        words.format("-f", filter);
    }
}

/// `display-message -p`: the reply is the format, expanded.
///
/// tmux reads `%` in it as a time for `strftime`, so each is doubled here; and the result of that
/// must stay below 8 KiB, or the reply is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayMessage {
    /// What the format is about.
    pub target: Option<Target>,
    /// The format.
    pub format: Format,
}

impl Command for DisplayMessage {
    fn write(&self, words: &mut Words) {
        words.command("display-message");
        words.flag("-p", true);
        if let Some(target) = &self.target {
            words.target(target);
        }
        let mut format = Vec::new();
        for &byte in self.format.as_bytes() {
            format.push(byte);
            if byte == b'%' {
                format.push(byte);
            }
        }
        words.values([format]);
    }
}
