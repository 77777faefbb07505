//! Bytes into characters, controls and sequences, by the states that tmux has.

use super::terminal::Terminal;
use super::utf8::{self, Step, Utf8};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Ground,
    Escape,
    EscapeIntermediate,
    CsiEntry,
    CsiParameter,
    CsiIntermediate,
    CsiIgnore,
    DcsEntry,
    DcsParameter,
    DcsIntermediate,
    DcsData,
    DcsEscape,
    /// Up to the next ESC: a DCS that makes no sense, SOS, PM, and `ESC k`, which names the
    /// window rather than the pane.
    Skip,
    Osc,
    Apc,
}

const MAX_INTERMEDIATES: usize = 3;
const MAX_PARAMETERS: usize = 63;
/// tmux drops a string that is longer.
const MAX_STRING: usize = 1_048_575;
/// Memory for strings that is kept between them.
const KEPT_STRING: usize = 4096;

/// The parser of one pane.
#[derive(Debug, Default)]
pub(super) struct Parser {
    state: State,
    intermediates: [u8; MAX_INTERMEDIATES],
    intermediate_count: usize,
    parameters: Vec<u8>,
    string: Vec<u8>,
    /// The sequence is longer than tmux takes and has no effect.
    too_long: bool,
    utf8: Utf8,
}

impl Parser {
    pub(super) fn feed(&mut self, mut bytes: &[u8], to: &mut Terminal) {
        while let Some(&byte) = bytes.first() {
            let taken = match self.state {
                State::Ground => self.ground(bytes, to),
                State::Osc | State::Apc => self.string(bytes),
                State::Skip => self.skip(bytes),
                _ => 0,
            };
            if taken == 0 {
                self.advance(byte, to);
            }
            bytes = &bytes[taken.max(1)..];
        }
    }

    /// Forgets the sequence that is under way, but not half a character.
    pub(super) fn reset(&mut self) {
        self.clear();
        self.state = State::Ground;
    }

    /// Whether a string is under way, of which tmux awaits the end for 5 seconds.
    pub(super) fn in_string(&self) -> bool {
        use State::{Apc, DcsData, DcsEntry, DcsEscape, DcsIntermediate, DcsParameter, Osc, Skip};
        matches!(
            self.state,
            DcsEntry | DcsParameter | DcsIntermediate | DcsData | DcsEscape | Skip | Osc | Apc
        )
    }

    pub(super) fn memory(&self) -> usize {
        self.parameters.capacity() + self.string.capacity()
    }

    /// Text: how many bytes it took; none when the first is a control.
    fn ground(&mut self, bytes: &[u8], to: &mut Terminal) -> usize {
        let printable = bytes.iter().position(|byte| !(0x20..=0x7e).contains(byte));
        let taken = printable.unwrap_or(bytes.len());
        if taken > 0 {
            self.break_off_character(to);
            to.print(&bytes[..taken]);
            return taken;
        }
        if bytes[0] < 0x80 {
            return 0;
        }
        to.last = None;
        if self.utf8.is_empty()
            && let Some(whole) = utf8::size(bytes[0]).and_then(|size| bytes.get(..size))
            && let Some(c) = utf8::decode(whole)
        {
            to.print_char(c);
            return whole.len();
        }
        match self.utf8.push(bytes[0]) {
            Step::More => {}
            Step::Char(c) => to.print_char(c),
            Step::Invalid => to.print_invalid(),
        }
        1
    }

    /// A character that is incomplete when text or a control comes stays so.
    fn break_off_character(&mut self, to: &mut Terminal) {
        if self.utf8.reset() {
            to.print_invalid();
        }
    }

    /// What an OSC or APC holds: how many bytes it took.
    fn string(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes
            .iter()
            .position(|&byte| byte < 0x20)
            .unwrap_or(bytes.len());
        if self.string.len() + taken > MAX_STRING {
            self.too_long = true;
            self.string = Vec::new();
        } else if !self.too_long {
            self.string.extend_from_slice(&bytes[..taken]);
        }
        taken
    }

    fn skip(&mut self, bytes: &[u8]) -> usize {
        let ends = |&byte: &u8| matches!(byte, 0x18 | 0x1a | 0x1b);
        bytes.iter().position(ends).unwrap_or(bytes.len())
    }

    /// Takes one byte that is not plain text.
    fn advance(&mut self, byte: u8, to: &mut Terminal) {
        match self.state {
            State::DcsData => {
                if byte == 0x1b {
                    self.state = State::DcsEscape;
                }
            }
            State::DcsEscape => match byte {
                b'\\' => self.enter(State::Ground, to),
                _ => self.state = State::DcsData,
            },
            _ => match byte {
                0x18 | 0x1a => {
                    self.control(byte, to);
                    self.enter(State::Ground, to);
                }
                0x1b => self.enter(State::Escape, to),
                _ => self.advance_within(byte, to),
            },
        }
    }

    fn advance_within(&mut self, byte: u8, to: &mut Terminal) {
        match self.state {
            State::Osc if byte == 0x07 => self.enter(State::Ground, to),
            State::DcsEntry | State::DcsParameter | State::DcsIntermediate => self.dcs(byte, to),
            State::DcsData | State::DcsEscape | State::Skip | State::Osc | State::Apc => {}
            _ if byte < 0x20 => self.control(byte, to),
            State::Ground => {}
            _ if byte >= 0x7f => {}
            State::Escape | State::EscapeIntermediate => self.escape(byte, to),
            State::CsiEntry | State::CsiParameter | State::CsiIntermediate => self.csi(byte, to),
            State::CsiIgnore => {
                if byte >= 0x40 {
                    self.enter(State::Ground, to);
                }
            }
        }
    }

    fn control(&mut self, byte: u8, to: &mut Terminal) {
        self.break_off_character(to);
        to.control(byte);
    }

    fn escape(&mut self, byte: u8, to: &mut Terminal) {
        let entry = self.state == State::Escape;
        match byte {
            0x20..=0x2f => {
                self.intermediate(byte);
                self.state = State::EscapeIntermediate;
            }
            b'P' if entry => self.enter(State::DcsEntry, to),
            b'X' | b'^' | b'k' if entry => self.enter(State::Skip, to),
            b'[' if entry => self.enter(State::CsiEntry, to),
            b']' if entry => self.enter(State::Osc, to),
            b'_' if entry => self.enter(State::Apc, to),
            _ => {
                if !self.too_long {
                    to.escape(&self.intermediates[..self.intermediate_count], byte);
                }
                self.enter(State::Ground, to);
            }
        }
    }

    fn csi(&mut self, byte: u8, to: &mut Terminal) {
        match (byte, self.state) {
            (0x20..=0x2f, _) => {
                self.intermediate(byte);
                self.state = State::CsiIntermediate;
            }
            (0x3c..=0x3f, State::CsiEntry) => {
                self.intermediate(byte);
                self.state = State::CsiParameter;
            }
            (0x30..=0x3b, State::CsiEntry | State::CsiParameter) => {
                self.parameter(byte);
                self.state = State::CsiParameter;
            }
            (0x30..=0x3f, _) => self.state = State::CsiIgnore,
            _ => {
                if !self.too_long {
                    let intermediates = &self.intermediates[..self.intermediate_count];
                    to.csi(intermediates, &self.parameters, byte);
                }
                self.enter(State::Ground, to);
            }
        }
    }

    /// The start of a DCS. tmux hands on what is in it to other terminals only.
    fn dcs(&mut self, byte: u8, to: &mut Terminal) {
        match (byte, self.state) {
            (0x20..=0x2f, _) => self.state = State::DcsIntermediate,
            (0x30..=0x39 | 0x3b, State::DcsEntry | State::DcsParameter)
            | (0x3c..=0x3f, State::DcsEntry) => self.state = State::DcsParameter,
            (0x30..=0x3f, _) => self.enter(State::Skip, to),
            (0x40..=0x7e, _) => self.state = State::DcsData,
            _ => {}
        }
    }

    fn intermediate(&mut self, byte: u8) {
        match self.intermediates.get_mut(self.intermediate_count) {
            Some(place) => {
                *place = byte;
                self.intermediate_count += 1;
            }
            None => self.too_long = true,
        }
    }

    fn parameter(&mut self, byte: u8) {
        if self.parameters.len() < MAX_PARAMETERS {
            self.parameters.push(byte);
        } else {
            self.too_long = true;
        }
    }

    fn enter(&mut self, state: State, to: &mut Terminal) {
        if !self.too_long {
            match self.state {
                State::Osc => to.osc(&self.string),
                State::Apc => to.set_title(&self.string),
                _ => {}
            }
        }
        self.state = state;
        match state {
            State::Ground => {
                self.string.clear();
                self.string.shrink_to(KEPT_STRING);
            }
            State::Escape | State::CsiEntry => self.clear(),
            _ => {
                self.clear();
                to.last = None;
            }
        }
    }

    fn clear(&mut self) {
        self.intermediate_count = 0;
        self.parameters.clear();
        self.string.clear();
        self.too_long = false;
    }
}
