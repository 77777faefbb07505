//! Commands as types. Each knows which of its arguments tmux expands as a format, and writes
//! itself through the one quoting function.
//!
//! What would stall a control client (`run-shell`, `wait-for`, `if-shell`, `source-file`), crash
//! a server (`respawn-pane`, `refresh-client -A %N:off`) or read a shell line (`pipe-pane` with a
//! command) has no type.

mod buffer;
mod client;
mod keys;
mod line;
mod list;
mod option;
mod pane;
mod session;
mod window;

pub use buffer::{DeleteBuffer, PasteBuffer, SaveBuffer, SetBuffer, ShowBuffer};
pub use client::{
    AttachFlag, ClientChange, Detach, DetachClient, LiveFlag, PaneFlow, RefreshClient,
    SubscriptionScope, SwitchClient,
};
pub use keys::{Keys, SendKeys};
pub use line::{Command, CommandError, CommandLine, Words};
pub use list::{DisplayMessage, ListClients, ListPanes, ListSessions, ListWindows, PaneScope};
pub use option::{
    OptionChange, OptionScope, SetEnvironment, SetOption, ShowOptions, VariableChange,
    VariableScope,
};
pub use pane::{CapturePane, ClosePipe, KillPane, Row};
pub use session::{AttachSession, HasSession, KillSession, NewSession, RenameSession};
pub use window::{
    KillWindow, LinkWindow, NewWindow, RenameWindow, ResizeWindow, SelectWindow, UnlinkWindow,
    WindowSize,
};

/// What runs in a new pane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Program {
    /// What the server's `default-command` says: mostly a login shell.
    #[default]
    Default,
    /// A line for the server's `default-shell`.
    Shell(Vec<u8>),
    /// A program and its arguments, run without a shell. tmux has no way to do so with a program
    /// that has no argument: that one is given to the shell as one quoted word.
    Argv(Vec<Vec<u8>>),
}

impl Program {
    fn write(&self, words: &mut Words) {
        match self {
            Self::Default => {}
            Self::Shell(line) => words.values([line]),
            Self::Argv(argv) => match argv.as_slice() {
                [] => {}
                [program] => words.values([shell_word(program)]),
                argv => words.values(argv),
            },
        }
    }
}

/// A word that every shell of the POSIX family reads back as it is.
fn shell_word(word: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for &byte in word {
        match byte {
            b'\'' => out.extend_from_slice(br"'\''"),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

/// Variables for a new pane, as names and values. tmux does not expand them.
pub type Environment = Vec<(Vec<u8>, Vec<u8>)>;
