//! The parameters of a control sequence.

/// As many as tmux takes; a sequence with more is ignored.
const MAX: usize = 23;

/// One parameter as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter<'p> {
    Missing,
    Number(u32),
    /// Numbers with colons between them.
    Colons(&'p [u8]),
}

#[derive(Debug)]
pub(super) struct Parameters<'p> {
    list: [Parameter<'p>; MAX],
    len: usize,
}

impl<'p> Parameters<'p> {
    /// None when tmux ignores the whole sequence: too many, or a number above 2^31 - 1.
    pub(super) fn parse(text: &'p [u8]) -> Option<Self> {
        let mut parameters = Self {
            list: [Parameter::Missing; MAX],
            len: 0,
        };
        if text.is_empty() {
            return Some(parameters);
        }
        for part in text.split(|&byte| byte == b';') {
            let parameter = if part.is_empty() {
                Parameter::Missing
            } else if part.contains(&b':') {
                Parameter::Colons(part)
            } else {
                Parameter::Number(number(part)?)
            };
            *parameters.list.get_mut(parameters.len)? = parameter;
            parameters.len += 1;
        }
        Some(parameters)
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn at(&self, i: usize) -> Parameter<'p> {
        if i < self.len {
            self.list[i]
        } else {
            Parameter::Missing
        }
    }

    /// A parameter, at least `min`, or `default` when it is missing; none when it has colons.
    pub(super) fn get(&self, i: usize, min: u32, default: u32) -> Option<u32> {
        match self.at(i) {
            Parameter::Missing => Some(default),
            Parameter::Number(n) => Some(n.max(min)),
            Parameter::Colons(_) => None,
        }
    }

    /// A parameter that must be there.
    pub(super) fn number(&self, i: usize) -> Option<u32> {
        match self.at(i) {
            Parameter::Number(n) => Some(n),
            Parameter::Missing | Parameter::Colons(_) => None,
        }
    }

    /// A count: 1 when it is missing or 0.
    pub(super) fn count(&self, i: usize) -> Option<u32> {
        self.get(i, 1, 1)
    }
}

/// Digits as a number of at most 2^31 - 1.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    let mut number: u32 = 0;
    for digit in digits {
        number = number
            .checked_mul(10)?
            .checked_add(u32::from(digit - b'0'))?;
        if number > i32::MAX as u32 {
            return None;
        }
    }
    Some(number)
}
