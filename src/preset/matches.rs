//! Which patterns of a preset match a line.

/// How many patterns a preset may have.
pub(super) const PATTERNS_MAX: usize = 512;

/// One of a preset's patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatternId(u16);

impl PatternId {
    pub(super) fn new(index: usize) -> Option<Self> {
        let index = u16::try_from(index).ok()?;
        (usize::from(index) < PATTERNS_MAX).then_some(Self(index))
    }

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of a preset's patterns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matches([u64; PATTERNS_MAX / 64]);

impl Matches {
    pub(super) fn insert(&mut self, pattern: PatternId) {
        self.0[pattern.index() / 64] |= 1 << (pattern.index() % 64);
    }

    /// Adds what another set has.
    pub fn add(&mut self, other: &Self) {
        for (own, more) in self.0.iter_mut().zip(&other.0) {
            *own |= more;
        }
    }

    /// Whether a pattern is among them.
    pub fn has(&self, pattern: PatternId) -> bool {
        self.0[pattern.index() / 64] & 1 << (pattern.index() % 64) != 0
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; PATTERNS_MAX / 64]
    }

    /// Whether they have one in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }
}
