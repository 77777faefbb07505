//! Blocks: `%begin T N F`, the lines of a reply, and `%end T N F` or `%error T N F`.

use crate::{Reply, grammar::Begin};

/// A block whose end has not come yet.
#[derive(Debug)]
pub(crate) struct OpenBlock {
    time: u64,
    number: u64,
    flags: u32,
    /// `T N F` as it was written.
    triple: Vec<u8>,
    body: Vec<u8>,
    dropped: u64,
    /// The most bytes that `body` may have.
    limit: usize,
}

impl OpenBlock {
    pub(crate) fn new(begin: &Begin<'_>, limit: usize) -> Self {
        let &Begin {
            time,
            number,
            flags,
            triple,
        } = begin;
        Self {
            time,
            number,
            flags,
            triple: triple.to_vec(),
            body: Vec::new(),
            dropped: 0,
            limit,
        }
    }

    /// How this line ends the block, if it does: by `%end` (true) or `%error` (false).
    ///
    /// A reply's line can be anything, also an end that a program painted. So the triple must be
    /// the same to the byte, with nothing after it.
    #[inline]
    pub(crate) fn ended_by(&self, line: &[u8]) -> Option<bool> {
        if line.first() != Some(&b'%') {
            return None;
        }
        let (triple, ok) = match line.strip_prefix(b"%end ") {
            Some(triple) => (triple, true),
            None => (line.strip_prefix(b"%error ")?, false),
        };
        (triple == self.triple).then_some(ok)
    }

    /// Takes a line of the reply; false if it exceeds the reply's limit and was dropped.
    pub(crate) fn push(&mut self, line: &[u8]) -> bool {
        if self.body.len() + line.len() + 1 > self.limit {
            self.drop_line();
            return false;
        }
        self.body.extend_from_slice(line);
        self.body.push(b'\n');
        true
    }

    /// Counts a line that was dropped.
    pub(crate) fn drop_line(&mut self) {
        self.dropped += 1;
    }

    pub(crate) fn finish(self, ok: bool) -> Reply {
        Reply::from_body(
            (self.time, self.number, self.flags),
            ok,
            self.body,
            self.dropped,
        )
    }
}
