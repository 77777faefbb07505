//! What a program tells the terminal beside what it shows.

/// One such message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// It gave itself a title (OSC 0 or 2, `ESC k`, APC).
    Title(String),
    /// How far it is (OSC 9;4).
    Progress(Progress),
    /// A program's own status (OSC 7501): what stands behind the number and its semicolon, at most
    /// 4 KiB.
    Status(Vec<u8>),
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
