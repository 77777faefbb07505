//! A process's number.

use std::fmt;
use std::num::NonZeroI32;

use serde::{Deserialize, Serialize};

/// The number of a process, 1 or more: never 0 or negative, which `kill(2)` takes to mean
/// whole groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Pid(NonZeroI32);

impl Pid {
    /// The process with this number; none if it is not a process's number.
    pub fn new(raw: i32) -> Option<Self> {
        NonZeroI32::new(raw).filter(|raw| raw.get() > 0).map(Self)
    }

    /// This process.
    pub fn own() -> Self {
        rustix::process::getpid().into()
    }

    /// A child that was just spawned by the standard library.
    ///
    /// Holds for an unreaped child; the number of a reaped one may be somebody else's.
    pub fn of_child(child: &std::process::Child) -> Self {
        rustix::process::Pid::from_child(child).into()
    }

    /// The bare number.
    pub fn get(self) -> i32 {
        self.0.get()
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What was given is not a process's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the number of a process")]
pub struct NotAPid;

impl TryFrom<i32> for Pid {
    type Error = NotAPid;

    fn try_from(raw: i32) -> Result<Self, NotAPid> {
        Self::new(raw).ok_or(NotAPid)
    }
}

impl std::str::FromStr for Pid {
    type Err = NotAPid;

    fn from_str(text: &str) -> Result<Self, NotAPid> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAPid);
        }
        text.parse::<i32>().ok().and_then(Self::new).ok_or(NotAPid)
    }
}

impl From<Pid> for i32 {
    fn from(pid: Pid) -> i32 {
        pid.get()
    }
}

impl From<rustix::process::Pid> for Pid {
    fn from(pid: rustix::process::Pid) -> Self {
        Self(pid.as_raw_nonzero())
    }
}

impl From<Pid> for rustix::process::Pid {
    fn from(pid: Pid) -> Self {
        Self::from_raw(pid.get()).expect("a Pid is positive")
    }
}

#[cfg(test)]
mod tests {
    use super::Pid;

    #[test]
    fn a_pid_is_a_positive_decimal_number_and_nothing_else() {
        assert_eq!("17".parse::<Pid>().map(Pid::get), Ok(17));
        for text in ["0", "-1", "+1", "", " 1", "1 ", "99999999999", "self"] {
            assert!(text.parse::<Pid>().is_err(), "{text:?}");
        }
        assert!(serde_json::from_str::<Pid>("0").is_err());
        assert_eq!(serde_json::to_string(&Pid::new(5)).unwrap(), "5");
    }
}
