//! Clients.

use super::{Command, Words};
use crate::{Format, PaneId, Session, Target, WindowId};

/// A flag that a client is attached with (3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachFlag {
    /// It does not count for the size of windows.
    IgnoreSize,
    /// It gets no output. To be set when it attaches and left so: changed while output is queued,
    /// it loses replies and hangs up to 3.6.
    NoOutput,
    /// It can change nothing.
    ReadOnly,
    /// It has an active pane of its own.
    ActivePane,
    /// After `%exit` it waits for an empty line.
    WaitExit,
    /// A pane is paused when its output is so many seconds behind.
    PauseAfter(u32),
}

impl AttachFlag {
    /// The flags as `-f` of a command, or of tmux itself, takes them.
    pub fn list(flags: &[Self]) -> String {
        let names: Vec<String> = flags
            .iter()
            .map(|flag| match flag {
                Self::IgnoreSize => "ignore-size".to_owned(),
                Self::NoOutput => "no-output".to_owned(),
                Self::ReadOnly => "read-only".to_owned(),
                Self::ActivePane => "active-pane".to_owned(),
                Self::WaitExit => "wait-exit".to_owned(),
                Self::PauseAfter(seconds) => format!("pause-after={seconds}"),
            })
            .collect();
        names.join(",")
    }
}

/// A flag that may change while a client is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveFlag {
    /// It does not count for the size of windows.
    IgnoreSize(bool),
    /// It has an active pane of its own.
    ActivePane(bool),
    /// After `%exit` it waits for an empty line.
    WaitExit(bool),
    /// A pane is paused when its output is so many seconds behind; never without a number.
    PauseAfter(Option<u32>),
}

impl LiveFlag {
    fn word(self) -> String {
        let (name, set) = match self {
            Self::IgnoreSize(set) => ("ignore-size", set),
            Self::ActivePane(set) => ("active-pane", set),
            Self::WaitExit(set) => ("wait-exit", set),
            Self::PauseAfter(Some(seconds)) => return format!("pause-after={seconds}"),
            Self::PauseAfter(None) => ("pause-after", false),
        };
        if set {
            name.to_owned()
        } else {
            format!("!{name}")
        }
    }
}

/// Whether a pane's output comes. tmux also knows `off`, which crashes it up to 3.6b while output
/// is queued; it is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneFlow {
    /// What is queued is dropped, and nothing comes until `Continue`.
    Pause,
    /// Output comes, from now on.
    Continue,
}

/// What a subscription watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionScope {
    /// The client's session.
    Session,
    /// A pane of the client's session.
    Pane(PaneId),
    /// All panes of the client's session.
    AllPanes,
    /// A window of the client's session.
    Window(WindowId),
    /// All windows of the client's session.
    AllWindows,
}

/// What changes about a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientChange {
    /// Its size, which from then on counts for every window of its session.
    Size {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Its flags.
    Flags(Vec<LiveFlag>),
    /// The output of a pane.
    Pane(PaneId, PaneFlow),
    /// It is told when a format has another value: at most once a second.
    Subscribe {
        /// Any name without a colon.
        name: Vec<u8>,
        /// What is watched.
        scope: SubscriptionScope,
        /// The format.
        format: Format,
    },
    /// The end of a subscription.
    Unsubscribe {
        /// Its name.
        name: Vec<u8>,
    },
}

/// `refresh-client` for this client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshClient {
    /// What changes.
    pub change: ClientChange,
}

impl Command for RefreshClient {
    fn write(&self, words: &mut Words) {
        words.command("refresh-client");
        match &self.change {
            ClientChange::Size { width, height } => words.option("-C", format!("{width}x{height}")),
            ClientChange::Flags(flags) => {
                let flags: Vec<String> = flags.iter().map(|flag| flag.word()).collect();
                words.option("-f", flags.join(","));
            }
            ClientChange::Pane(pane, PaneFlow::Pause) => {
                words.option("-A", format!("{pane}:pause"))
            }
            ClientChange::Pane(pane, PaneFlow::Continue) => {
                words.option("-A", format!("{pane}:continue"));
            }
            ClientChange::Subscribe {
                name,
                scope,
                format,
            } => {
                let scope = match scope {
                    SubscriptionScope::Session => String::new(),
                    SubscriptionScope::Pane(pane) => pane.to_string(),
                    SubscriptionScope::AllPanes => "%*".to_owned(),
                    SubscriptionScope::Window(window) => window.to_string(),
                    SubscriptionScope::AllWindows => "@*".to_owned(),
                };
                subscription(words, name);
                words.option(
                    "-B",
                    [
                        name,
                        b":".as_slice(),
                        scope.as_bytes(),
                        b":",
                        format.as_bytes(),
                    ]
                    .concat(),
                );
            }
            ClientChange::Unsubscribe { name } => {
                subscription(words, name);
                words.option("-B", name);
            }
        }
    }
}

fn subscription(words: &mut Words, name: &[u8]) {
    if name.is_empty() || name.contains(&b':') {
        words.refuse(
            "a subscription's name: it must not be empty or hold a colon",
            name,
        );
    }
}

/// `switch-client`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchClient {
    /// The client by its name; tmux chooses otherwise.
    pub client: Option<Vec<u8>>,
    /// Where it goes.
    pub target: Target,
}

impl Command for SwitchClient {
    fn write(&self, words: &mut Words) {
        words.command("switch-client");
        if let Some(client) = &self.client {
            words.option("-c", client);
        }
        words.target(&self.target);
    }
}

/// `detach-client`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetachClient {
    /// Who is detached.
    pub who: Detach,
}

/// Who is detached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detach {
    /// A client by its name.
    Client(Vec<u8>),
    /// All clients of a session.
    Session(Session),
}

impl Command for DetachClient {
    fn write(&self, words: &mut Words) {
        words.command("detach-client");
        match &self.who {
            Detach::Client(client) => words.option("-t", client),
            Detach::Session(session) => {
                words.option("-s", Target::from(session.clone()).to_bytes())
            }
        }
    }
}
