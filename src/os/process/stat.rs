//! The line of `/proc/PID/stat`, as `proc_pid_stat(5)` describes it.

use super::{Pid, StartTime, State};

/// The fields of a stat line that are used here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stat<'a> {
    pub(super) pid: Pid,
    pub(super) name: &'a [u8],
    state: u8,
    pub(super) parent: Option<Pid>,
    pub(super) group: Option<Pid>,
    pub(super) session: Option<Pid>,
    tty_device: u32,
    pub(super) foreground: Option<Pid>,
    start_ticks: u64,
    /// As `wait(2)` encodes it; 0 while it runs, and 0 when we may not know. None on kernels
    /// before 3.5, which end the line earlier.
    pub(super) wait_status: Option<i32>,
}

impl<'a> Stat<'a> {
    /// Reads a line; none if it is not one. The name is any bytes, spaces, parentheses and line
    /// ends included, so it ends at the last `)`: what follows are numbers.
    pub(super) fn parse(line: &'a [u8]) -> Option<Self> {
        let open = line.iter().position(|byte| *byte == b'(')?;
        let close = line.iter().rposition(|byte| *byte == b')')?;
        let pid = std::str::from_utf8(line.get(..open)?)
            .ok()?
            .trim()
            .parse()
            .ok()?;
        let name = line.get(open + 1..close)?;
        let rest = std::str::from_utf8(line.get(close + 1..)?).ok()?;
        // The first field after the name is the third of the line.
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied();
        let id = |number| field(number)?.parse::<i32>().ok().map(Pid::new);
        Some(Self {
            pid,
            name,
            state: *field(3)?.as_bytes().first()?,
            parent: id(4)?,
            group: id(5)?,
            session: id(6)?,
            tty_device: field(7)?.parse::<i64>().ok()? as u32,
            foreground: id(8)?,
            start_ticks: field(22)?.parse().ok()?,
            wait_status: field(52).and_then(|text| text.parse().ok()),
        })
    }

    pub(super) fn start(&self) -> StartTime {
        StartTime(self.start_ticks)
    }

    pub(super) fn state(&self) -> State {
        match self.state {
            b'Z' | b'X' | b'x' => State::Zombie,
            b'T' | b't' => State::Stopped,
            _ => State::Alive,
        }
    }

    /// The terminal's name as `ps` shows it. The device's number holds the major in bits 8 to 19
    /// and the minor in the others; majors 136 to 143 are pseudo-terminals (`devices.txt`).
    pub(super) fn tty(&self) -> Option<String> {
        let major = (self.tty_device >> 8) & 0xfff;
        let minor = (self.tty_device & 0xff) | ((self.tty_device >> 12) & 0xf_ff00);
        match (major, minor) {
            (0, 0) => None,
            (136..=143, _) => Some(format!("pts/{}", (major - 136) * 256 + minor)),
            (4, 0..64) => Some(format!("tty{minor}")),
            (4, _) => Some(format!("ttyS{}", minor - 64)),
            _ => Some(format!("{major}:{minor}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, state: char, wait_status: i32) -> String {
        format!(
            "4242 ({name}) {state} 1 4242 4200 34819 4242 4194560 90 0 0 0 1 2 0 0 20 0 1 0 77123 \
             9000 200 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 \
             {wait_status}\n"
        )
    }

    #[test]
    fn a_name_may_hold_what_looks_like_the_end_of_a_name() {
        for name in ["sh", ") (", "a) Z 1 1 1 (b", "tmux: server", "", "x\ny"] {
            let line = line(name, 'S', 0);
            let stat = Stat::parse(line.as_bytes()).expect(name);
            assert_eq!(stat.name, name.as_bytes());
            assert_eq!(stat.pid, Pid::new(4242).unwrap());
            assert_eq!(stat.session, Pid::new(4200));
            assert_eq!(stat.state(), State::Alive);
            assert_eq!(stat.tty().as_deref(), Some("pts/3"));
            assert!(stat.start().is_same(StartTime(77123)));
        }
    }

    #[test]
    fn the_wait_status_is_the_last_of_the_52_fields() {
        let line = line("a", 'Z', 256);
        let stat = Stat::parse(line.as_bytes()).unwrap();
        assert_eq!((stat.state(), stat.wait_status), (State::Zombie, Some(256)));
    }

    #[test]
    fn a_line_cut_short_anywhere_is_no_panic() {
        let line = line(") (", 'R', 0);
        for cut in 0..line.len() {
            let _ = Stat::parse(&line.as_bytes()[..cut]);
        }
        assert_eq!(Stat::parse(b"12 )("), None);
        assert_eq!(Stat::parse(b"-3 (x) S 1 1 1 0 -1"), None);
    }
}
