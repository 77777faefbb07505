//! Chance that can be played again: its state is a part of the machine's.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A SplitMix64 generator (Steele, Lea and Flood, 2014): small, and good enough to spread delays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A duration from 0 to `most`.
    pub(super) fn up_to(&mut self, most: Duration) -> Duration {
        let share = self.roll() >> 40;
        #[allow(clippy::cast_precision_loss, reason = "24 bits fit")]
        most.mul_f64(share as f64 / f64::from(1_u32 << 24))
    }

    /// A duration a fifth shorter or longer than `about`, or anything between.
    pub(super) fn around(&mut self, about: Duration) -> Duration {
        let fifth = about / 5;
        about - fifth + self.up_to(fifth * 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spread_stays_within_its_bounds_and_uses_them() {
        let mut dice = Dice::new(7);
        let about = Duration::from_secs(100);
        let all: Vec<Duration> = (0..1000).map(|_| dice.around(about)).collect();
        let (least, most) = (all.iter().min().unwrap(), all.iter().max().unwrap());
        assert!(
            *least >= about * 4 / 5 && *least < about * 82 / 100,
            "{least:?}"
        );
        assert!(
            *most <= about * 6 / 5 && *most > about * 118 / 100,
            "{most:?}"
        );
        assert_eq!(dice.around(Duration::ZERO), Duration::ZERO);
    }
}
