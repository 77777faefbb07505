//! A text, to be recognised on a screen whatever was wrapped or framed.

use super::glance::Glance;

/// How much of the text has to be recognised, in letters and digits.
const LENGTH: usize = 28;

/// The beginning and the end of a text.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) head: Vec<char>,
    pub(super) tail: Vec<char>,
    whole: Vec<char>,
}

impl Probe {
    pub(super) fn new(text: &[u8]) -> Self {
        let whole = solid(String::from_utf8_lossy(text).chars());
        let short = whole.len().min(LENGTH);
        Self {
            head: whole[..short].to_vec(),
            tail: whole[whole.len() - short..].to_vec(),
            whole,
        }
    }

    /// How often the end of the text stands on the screen.
    pub(super) fn count(&self, seen: &Glance) -> usize {
        if self.tail.is_empty() {
            return 0;
        }
        let all = solid(seen.rows.iter().flatten().map(|cell| cell.c));
        all.windows(self.tail.len())
            .filter(|window| *window == self.tail)
            .count()
    }

    /// Letters and digits of the whole text.
    pub(super) fn whole(&self) -> &[char] {
        &self.whole
    }
}

/// Frames around an input break a text apart, so only letters and digits count.
pub(super) fn solid(text: impl Iterator<Item = char>) -> Vec<char> {
    text.filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::glance::tests::glance;
    use super::*;

    #[test]
    fn a_text_is_recognised_across_wraps_and_frames() {
        let probe = Probe::new(b"Your kickoff is in /tmp/state/kickoff-p-a.txt: read it now");
        let framed = glance(&[
            "│ > Your kickoff is in /tmp/state/kick │",
            "│   off-p-a.txt: read it no            │",
            "│   w                                  │",
        ]);
        assert_eq!(probe.count(&framed), 1);
        assert_eq!(probe.count(&glance(&["nothing of it"])), 0);
        assert_eq!(Probe::new("§ —".as_bytes()).count(&framed), 0);
        let cyrillic = Probe::new("Прочитай задание".as_bytes());
        assert_eq!(cyrillic.count(&glance(&["> Прочитай", "  задание"])), 1);
    }
}
