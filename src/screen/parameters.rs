//! The parameters of a control sequence.

/// As many as tmux takes; a sequence with more is ignored.
const MAX: usize = 23;
/// The largest number that tmux takes; a sequence with a larger one is ignored.
const MAX_NUMBER: u32 = i32::MAX as u32;

const MISSING: u32 = u32::MAX;
const COLONS: u32 = u32::MAX - 1;

/// The parameters of one sequence.
#[derive(Debug)]
pub(super) struct Parameters<'p> {
    text: &'p [u8],
    /// Numbers, or one of the two marks above, which are larger than any number.
    list: [u32; MAX],
    len: usize,
}

impl<'p> Parameters<'p> {
    /// None when tmux ignores the whole sequence: too many, or a number that is too large.
    pub(super) fn parse(text: &'p [u8]) -> Option<Self> {
        let mut parameters = Self {
            text,
            list: [MISSING; MAX],
            len: 0,
        };
        if text.is_empty() {
            return Some(parameters);
        }
        for part in split(text) {
            let place = parameters.list.get_mut(parameters.len)?;
            if part.contains(&b':') {
                *place = COLONS;
            } else if !part.is_empty() {
                *place = number(part)?;
            }
            parameters.len += 1;
        }
        Some(parameters)
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// A parameter, at least `min`, or `default` when it is missing; none when it has colons.
    pub(super) fn get(&self, i: usize, min: u32, default: u32) -> Option<u32> {
        match self.at(i) {
            MISSING => Some(default),
            COLONS => None,
            number => Some(number.max(min)),
        }
    }

    /// A parameter that must be there.
    pub(super) fn number(&self, i: usize) -> Option<u32> {
        Some(self.at(i)).filter(|&number| number <= MAX_NUMBER)
    }

    /// A count: 1 when it is missing or 0.
    pub(super) fn count(&self, i: usize) -> Option<u32> {
        self.get(i, 1, 1)
    }

    /// A parameter that has numbers with colons between them.
    pub(super) fn colons(&self, i: usize) -> Option<&'p [u8]> {
        if self.at(i) == COLONS {
            split(self.text).nth(i)
        } else {
            None
        }
    }

    fn at(&self, i: usize) -> u32 {
        self.list.get(i).copied().unwrap_or(MISSING)
    }
}

fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b';')
}

/// Digits as a number, if it is not too large.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    let mut number: u32 = 0;
    for digit in digits {
        number = number
            .checked_mul(10)?
            .checked_add(u32::from(digit - b'0'))?;
    }
    Some(number).filter(|&number| number <= MAX_NUMBER)
}
