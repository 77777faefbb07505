//! Windows.

use super::{Command, Environment, Program, Words, line::write_environment};
use crate::{Format, Session, Target, Text, WindowId};

/// `new-window`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWindow {
    /// The session that it is made in.
    pub target: Session,
    /// Whether the session's current window stays so.
    pub detached: bool,
    /// Its name.
    pub name: Option<Text>,
    /// Where the program starts. If there is no such directory tmux takes another one, and does
    /// not say so.
    pub dir: Option<Text>,
    /// Variables of its program.
    pub env: Environment,
    /// What to reply with about the new window.
    pub print: Option<Format>,
    /// What runs in it.
    pub program: Program,
}

impl Command for NewWindow {
    fn write(&self, words: &mut Words) {
        words.command("new-window");
        words.flag("-d", self.detached);
        if let Some(format) = &self.print {
            words.flag("-P", true);
            words.format("-F", format);
        }
        for (flag, text) in [("-n", &self.name), ("-c", &self.dir)] {
            if let Some(text) = text {
                words.expanded(flag, text);
            }
        }
        write_environment(words, &self.env);
        words.session(&self.target);
        self.program.write(words);
    }
}

/// `link-window`: the window is in one session more, at the next free index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkWindow {
    /// The window, or whose window.
    pub source: Target,
    /// The session that it is linked into.
    pub target: Session,
    /// Whether that session's current window stays so.
    pub detached: bool,
}

impl Command for LinkWindow {
    fn write(&self, words: &mut Words) {
        words.command("link-window");
        words.flag("-d", self.detached);
        words.option("-s", self.source.to_bytes());
        words.session(&self.target);
    }
}

/// `unlink-window`: the window is in one session less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkWindow {
    /// The session that it is taken from.
    pub session: Session,
    /// The window.
    pub window: WindowId,
    /// Whether it is killed if it is in no other session; else that is an error.
    pub kill: bool,
}

impl Command for UnlinkWindow {
    fn write(&self, words: &mut Words) {
        words.command("unlink-window");
        words.flag("-k", self.kill);
        words.target(&Target::WindowIn(self.session.clone(), self.window));
    }
}

/// `kill-window`: the window goes from all its sessions, with all its panes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillWindow {
    /// The window.
    pub target: WindowId,
}

impl Command for KillWindow {
    fn write(&self, words: &mut Words) {
        words.command("kill-window");
        words.target(&self.target.into());
    }
}

/// `select-window`: it becomes its session's current window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectWindow {
    /// The window.
    pub target: Target,
}

impl Command for SelectWindow {
    fn write(&self, words: &mut Words) {
        words.command("select-window");
        words.target(&self.target);
    }
}

/// `rename-window`, after which tmux no longer names it by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameWindow {
    /// The window.
    pub target: Target,
    /// Its new name.
    pub name: Text,
}

impl Command for RenameWindow {
    fn write(&self, words: &mut Words) {
        words.command("rename-window");
        words.target(&self.target);
        words.values([self.name.to_format()]);
    }
}

/// `resize-window`. Given a size, the window's `window-size` becomes `manual`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResizeWindow {
    /// The window.
    pub target: Target,
    /// Its new size.
    pub size: WindowSize,
}

/// The size of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSize {
    /// So many cells.
    Cells {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// That of the largest session that it is in.
    Largest,
    /// That of the smallest session that it is in.
    Smallest,
}

impl Command for ResizeWindow {
    fn write(&self, words: &mut Words) {
        words.command("resize-window");
        match self.size {
            WindowSize::Cells { width, height } => {
                words.option("-x", width.to_string());
                words.option("-y", height.to_string());
            }
            WindowSize::Largest => words.flag("-A", true),
            WindowSize::Smallest => words.flag("-a", true),
        }
        words.target(&self.target);
    }
}
