//! What tmux releases do differently with the same bytes.

/// The rules of one release. The default are those of 3.3a, which Debian 12 has.
///
/// With them 3.2a, 3.4 and 3.5a agree on every stream that was tried. 3.6 and later also keep tabs
/// as cells, compose Hangul, pair flags and let people choose widths, which is not modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    release: Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Release {
    V3_2,
    #[default]
    V3_3,
    V3_4,
    V3_5,
    V3_6,
}

/// How a character joins the cell before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joining {
    /// Those without width do, and no others.
    Marks,
    /// A zero width joiner waits for the next character and joins with it.
    Joiners,
    /// Also modifiers of colour and flags, and a variation selector makes its cell wide.
    Clusters,
}

impl Rules {
    /// The rules of a release, or of the nearest that is known.
    pub fn for_release(major: u32, minor: u32) -> Self {
        let release = match (major, minor) {
            (0..=2, _) | (3, 0..=2) => Release::V3_2,
            (3, 3) => Release::V3_3,
            (3, 4) => Release::V3_4,
            (3, 5) => Release::V3_5,
            _ => Release::V3_6,
        };
        Self { release }
    }

    pub(super) fn joining(self) -> Joining {
        match self.release {
            Release::V3_2 => Joining::Marks,
            Release::V3_3 => Joining::Joiners,
            Release::V3_4 | Release::V3_5 | Release::V3_6 => Joining::Clusters,
        }
    }

    /// The width of a character, 0 to 2; none when tmux drops it.
    pub(super) fn width(self, c: char) -> Option<u32> {
        let width = super::width::width(c);
        match self.release {
            Release::V3_2 => width.or(Some(1)),
            Release::V3_3 => width,
            Release::V3_4 | Release::V3_5 | Release::V3_6 => match c {
                '\u{80}'..='\u{9f}' => Some(0),
                '\u{1f1e6}'..='\u{1f1ff}' if self.release >= Release::V3_6 => Some(1),
                _ if is_forced_wide(c) => Some(2),
                _ => width.or(Some(1)),
            },
        }
    }

    /// How many columns too far right the right half of a cell stands that was made wide.
    pub(super) fn widening_gap(self) -> u32 {
        u32::from(self.release == Release::V3_4)
    }

    /// Whether an OSC's number must be followed by a semicolon or nothing.
    pub(super) fn strict_osc(self) -> bool {
        self.release >= Release::V3_4
    }

    /// Whether REP also repeats what is not ASCII.
    pub(super) fn repeats_all(self) -> bool {
        self.release >= Release::V3_5
    }

    /// Whether bytes that are no UTF-8 are shown, as U+FFFD, rather than dropped.
    pub(super) fn shows_invalid(self) -> bool {
        self.release >= Release::V3_6
    }

    /// Whether XTSMGRAPHICS is known.
    pub(super) fn graphics_mode(self) -> bool {
        self.release >= Release::V3_4
    }
}

/// What tmux from 3.4 on takes for wide, among the characters that glibc 2.36 does not.
fn is_forced_wide(c: char) -> bool {
    matches!(
        c,
        '\u{261d}' | '\u{26f9}' | '\u{270c}' | '\u{270d}' | '\u{1f1e6}'
            ..='\u{1f1ff}'
                | '\u{1f3cb}'
                | '\u{1f3cc}'
                | '\u{1f574}'
                | '\u{1f575}'
                | '\u{1f590}'
                | '\u{1faf7}'
                | '\u{1faf8}'
    )
}
