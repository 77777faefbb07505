//! Programs tell their status (OSC 7501) to terminals that listen to it. tmux does not say that it
//! does, so it is said in its stead: to who asks, and, where the preset wants that, before.
//!
//! A program that asks and goes on with its next question takes an answer to that one for a no
//! (Claude Code 2.1.330: the query is followed by others in one write, and tmux answers them at
//! once). What lies in its input when it asks is taken. So the answer is sent when the program takes
//! the terminal over, which it tells by private mode 2031, and again until it has asked.

use std::time::Duration;

/// What a terminal answers that listens: the query itself.
pub(super) const LISTENS: &[u8] = b"\x1b]7501;?\x1b\\";

/// How soon it is said again. The program may not read yet, and may drop what it reads before it
/// asks.
const AGAIN: Duration = Duration::from_millis(30);

/// How often it is said at most. The programs that were seen ask within 300 ms.
const TIMES: u32 = 10;

/// How many times the program may take the terminal over before nobody offers any more: each costs
/// tmux a few lines.
const STARTS: u32 = 64;

/// The offer to one program.
#[derive(Debug, Default)]
pub(super) struct Offer {
    /// When to say it next, and how often still.
    next: Option<(Duration, u32)>,
    starts: u32,
    /// It asked, and was not answered yet.
    asked: bool,
}

impl Offer {
    /// The program takes the terminal over.
    pub(super) fn begin(&mut self, now: Duration) {
        if self.next.is_none() && self.starts < STARTS {
            self.starts += 1;
            self.next = Some((now, TIMES));
        }
    }

    /// The program asks.
    pub(super) fn asked(&mut self) {
        self.asked = true;
        self.next = None;
    }

    /// Whether to say it now.
    pub(super) fn is_due(&mut self, now: Duration) -> bool {
        let asked = std::mem::take(&mut self.asked);
        match self.next {
            Some((at, left)) if at <= now => {
                self.next = (left > 1).then(|| (now + AGAIN, left - 1));
                true
            }
            _ => asked,
        }
    }

    /// When to say it next.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.next.map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn it_is_said_again_and_again_until_the_program_asks() {
        let mut offer = Offer::default();
        assert!(!offer.is_due(MS) && offer.deadline().is_none());
        offer.begin(5 * MS);
        assert!(offer.is_due(5 * MS) && !offer.is_due(6 * MS));
        assert_eq!(offer.deadline(), Some(35 * MS));
        assert!(offer.is_due(40 * MS));
        offer.asked();
        assert!(offer.is_due(50 * MS), "who asks is answered");
        assert!(!offer.is_due(500 * MS) && offer.deadline().is_none());
    }

    #[test]
    fn it_is_not_said_for_ever() {
        let mut offer = Offer::default();
        let mut said = 0;
        for start in 0..1000 {
            let start = Duration::from_secs(start);
            offer.begin(start);
            offer.begin(start);
            while let Some(at) = offer.deadline() {
                said += u32::from(offer.is_due(at));
            }
        }
        assert_eq!(said, TIMES * STARTS);
    }
}
