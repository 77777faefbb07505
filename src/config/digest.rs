//! A stable number for a piece of config.

use std::fmt;

/// A 64-bit FNV-1a digest. The same input has the same digest in every release and on every
/// system, so that it can be kept on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(u64);

impl fmt::Display for Digest {
    /// Sixteen hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Collects fields into a [`Digest`]. Each field is preceded by its length, so that no two
/// sequences of fields are the same bytes.
#[derive(Debug)]
pub(super) struct Digester(u64);

impl Digester {
    pub(super) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(super) fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.mix(&(bytes.len() as u64).to_le_bytes());
        self.mix(bytes);
        self
    }

    pub(super) fn finish(&self) -> Digest {
        Digest(self.0)
    }

    fn mix(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
