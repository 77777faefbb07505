//! What a program tells the terminal beside what it shows.

use std::collections::VecDeque;

/// One such message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// It has another title (OSC 0 or 2, APC, or the stack of CSI 22 and 23 t).
    Title(String),
    /// How far it is (OSC 9;4).
    Progress(Progress),
    /// A program's own status (OSC 7501): what stands behind the number and its semicolon, at most
    /// 4 KiB.
    Status(Vec<u8>),
    /// It wants to be told when the colours of its terminal change (private mode 2031): full-screen
    /// programs say so when they take the terminal over.
    ThemeUpdates,
}

/// The states of OSC 9;4, with the percentage where one was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is under way.
    None,
    /// So much is done, in percent.
    At(u8),
    /// It failed.
    Error(Option<u8>),
    /// Something is under way, nobody knows how long.
    Busy,
    /// It waits.
    Paused(Option<u8>),
}

/// Signals that are kept; the oldest of more are forgotten.
const MAX_SIGNALS: usize = 64;
/// The bytes that they hold together.
const MAX_BYTES: usize = 64 * 1024;

/// The signals that nobody took yet.
#[derive(Debug, Default)]
pub(super) struct Signals {
    list: VecDeque<Signal>,
    bytes: usize,
}

impl Signals {
    pub(super) fn push(&mut self, signal: Signal) {
        self.bytes += signal.bytes();
        self.list.push_back(signal);
        while self.list.len() > MAX_SIGNALS || self.bytes > MAX_BYTES {
            if let Some(oldest) = self.list.pop_front() {
                self.bytes -= oldest.bytes();
            }
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.bytes + self.list.capacity() * size_of::<Signal>()
    }

    pub(super) fn take(&mut self) -> Vec<Signal> {
        self.bytes = 0;
        self.list.drain(..).collect()
    }
}

impl Signal {
    fn bytes(&self) -> usize {
        match self {
            Self::Title(title) => title.len(),
            Self::Status(status) => status.len(),
            Self::Progress(_) | Self::ThemeUpdates => 0,
        }
    }
}
