//! Sessions.

use super::{Command, Environment, Program, Words, line::write_environment};
use crate::{Format, Session, Text, command::AttachFlag};

/// `new-session`. Without `detached` this client is attached to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSession {
    /// Whether this client stays where it is.
    pub detached: bool,
    /// Its name; tmux numbers it otherwise. Up to 3.6 `.` and `:` become `_`; from 3.7 on they
    /// stay, and what is not UTF-8 is refused.
    pub name: Option<Text>,
    /// The name of its window.
    pub window_name: Option<Text>,
    /// Where the program starts. If there is no such directory tmux takes another one, and does
    /// not say so.
    pub dir: Option<Text>,
    /// Variables of the session and its programs.
    pub env: Environment,
    /// What to reply with about the new session.
    pub print: Option<Format>,
    /// Columns, until a client is attached.
    pub width: Option<u32>,
    /// Rows, until a client is attached.
    pub height: Option<u32>,
    /// What runs in it.
    pub program: Program,
}

impl Command for NewSession {
    fn write(&self, words: &mut Words) {
        words.command("new-session");
        words.flag("-d", self.detached);
        if let Some(format) = &self.print {
            words.flag("-P", true);
            words.format("-F", format);
        }
        for (flag, text) in [
            ("-s", &self.name),
            ("-n", &self.window_name),
            ("-c", &self.dir),
        ] {
            if let Some(text) = text {
                words.expanded(flag, text);
            }
        }
        for (flag, size) in [("-x", self.width), ("-y", self.height)] {
            if let Some(size) = size {
                words.option(flag, size.to_string());
            }
        }
        write_environment(words, &self.env);
        self.program.write(words);
    }
}

/// `rename-session`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameSession {
    /// The session.
    pub target: Session,
    /// Its new name, changed or refused as that of [`NewSession`].
    pub name: Text,
}

impl Command for RenameSession {
    fn write(&self, words: &mut Words) {
        words.command("rename-session");
        words.session(&self.target);
        words.values([self.name.to_format()]);
    }
}

/// `kill-session`. A window that is linked into another session lives on there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillSession {
    /// The session.
    pub target: Session,
}

impl Command for KillSession {
    fn write(&self, words: &mut Words) {
        words.command("kill-session");
        words.session(&self.target);
    }
}

/// `has-session`: the reply is an error if there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HasSession {
    /// The session.
    pub target: Session,
}

impl Command for HasSession {
    fn write(&self, words: &mut Words) {
        words.command("has-session");
        words.session(&self.target);
    }
}

/// `attach-session`: this client is attached to another session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachSession {
    /// The session.
    pub target: Session,
    /// Whether all others are detached from it.
    pub detach_others: bool,
    /// Where new windows of the session start from now on.
    pub dir: Option<Text>,
    /// Flags for this client.
    pub flags: Vec<AttachFlag>,
}

impl Command for AttachSession {
    fn write(&self, words: &mut Words) {
        words.command("attach-session");
        words.flag("-d", self.detach_others);
        if let Some(dir) = &self.dir {
            words.expanded("-c", dir);
        }
        if !self.flags.is_empty() {
            words.option("-f", AttachFlag::list(&self.flags));
        }
        words.session(&self.target);
    }
}
