//! Releases of tmux.

use std::fmt;

/// A release of tmux, such as `3.3a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 3 of `3.3a`; `u16::MAX` for a build that names no release.
    pub major: u16,
    /// 3 of `3.3a`.
    pub minor: u16,
    /// `a` of `3.3a`.
    pub letter: Option<char>,
}

impl Version {
    /// The oldest release that ao works with: `pause-after` came with it.
    pub const OLDEST: Self = Self {
        major: 3,
        minor: 2,
        letter: None,
    };

    /// The oldest release in which a dead pane may be kept while a control client hears it. Before
    /// it the server crashes when such a pane dies with output on its way to the client: it reads
    /// the buffer that it has just freed. On 3.2a one death in ten did so.
    const KEEPS_DEAD_PANES: Self = Self {
        major: 3,
        minor: 3,
        letter: None,
    };

    /// The first release whose captures can stop where the program stopped writing; it is also the
    /// first that has to be told to.
    const CAPTURES_USED_CELLS: Self = Self {
        major: 3,
        minor: 4,
        letter: None,
    };

    /// Whether `capture-pane` knows `-T`, and needs it so that rows have no other blanks than those
    /// that the program wrote.
    pub(super) fn captures_used_cells(self) -> bool {
        self >= Self::CAPTURES_USED_CELLS
    }

    /// Whether the pane of a process that ended can be kept.
    pub fn keeps_dead_panes(self) -> bool {
        self >= Self::KEEPS_DEAD_PANES
    }

    /// Reads a version as tmux prints it: `3.3a`, `3.4-rc2`, `next-3.8`. Builds that are named after
    /// something else (`master`, `openbsd-7.4`) count as newer than all releases. None for what no
    /// tmux prints.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "master" || text.starts_with("openbsd-") {
            return Some(Self {
                major: u16::MAX,
                minor: 0,
                letter: None,
            });
        }
        let release = text.strip_prefix("next-").unwrap_or(text);
        let (major, rest) = release.split_once('.')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit());
        let (minor, rest) = rest.split_at(digits.unwrap_or(rest.len()));
        Some(Self {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
            letter: rest.chars().next().filter(char::is_ascii_lowercase),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.major == u16::MAX {
            return f.write_str("of no release");
        }
        write!(f, "{}.{}", self.major, self.minor)?;
        self.letter.map_or(Ok(()), |letter| write!(f, "{letter}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn releases_are_read_and_ordered() {
        let order = [
            "1.8", "2.9a", "3.1c", "3.2-rc4", "3.2a", "3.3", "3.3a", "3.10", "master",
        ];
        let parsed: Vec<_> = order.iter().map(|v| Version::parse(v).unwrap()).collect();
        assert!(parsed.is_sorted_by(|a, b| a < b), "{parsed:?}");
        assert_eq!(Version::parse("next-3.8"), Version::parse("3.8"));
        assert_eq!(Version::parse("3.3a").unwrap().to_string(), "3.3a");
        assert!(Version::parse("openbsd-7.4").unwrap() > Version::OLDEST);
    }

    #[test]
    fn dead_panes_are_kept_from_3_3_on() {
        let keeps = |text| Version::parse(text).unwrap().keeps_dead_panes();
        assert!(!keeps("3.2") && !keeps("3.2a"));
        assert!(keeps("3.3") && keeps("3.3a") && keeps("3.7c") && keeps("master"));
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in ["", "3", "x.y", "3.", "99999.1", "-1.2"] {
            assert_eq!(Version::parse(text), None, "{text:?}");
        }
    }
}
