//! How a process ended.

use std::fmt;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// It ended by itself, with this status.
    Code(u8),
    /// A signal ended it: the signal's number.
    Signal(i32),
}

impl Exit {
    /// Reads a status as `wait(2)` encodes it.
    #[cfg(any(test, all(target_os = "linux", not(feature = "portable"))))]
    pub(super) fn from_wait_status(raw: i32) -> Self {
        match raw & 0x7f {
            0 => Self::Code(((raw >> 8) & 0xff) as u8),
            signal => Self::Signal(signal),
        }
    }

    /// One number as a shell's `$?` has it: an end by a signal is 128 plus the signal's number.
    pub fn shell_status(self) -> i32 {
        match self {
            Self::Code(code) => i32::from(code),
            Self::Signal(signal) => 128 + signal,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "status {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// Why it is not known how a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoExit {
    /// Its parent has read its status already, and only the parent gets it.
    #[error("its parent had read the exit status before it could be looked at")]
    AlreadyReaped,
    /// It ran as another user, whose processes' ends the system does not show.
    #[error("it ran as another user, so the system does not show its exit status")]
    NotPermitted,
    /// It has not ended.
    #[error("it still runs")]
    StillRuns,
    /// This system shows an end only to the parent.
    #[error("this system shows an exit status to the parent only")]
    Unsupported,
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn a_wait_status_is_a_code_or_a_signal_whether_or_not_it_dumped_core() {
        assert_eq!(Exit::from_wait_status(0), Exit::Code(0));
        assert_eq!(Exit::from_wait_status(255 << 8), Exit::Code(255));
        assert_eq!(Exit::from_wait_status(9), Exit::Signal(9));
        assert_eq!(Exit::from_wait_status(11 | 0x80), Exit::Signal(11));
        assert_eq!(Exit::Signal(9).shell_status(), 137);
        assert_eq!(Exit::Code(3).shell_status(), 3);
    }
}
