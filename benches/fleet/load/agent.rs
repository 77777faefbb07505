//! The agents: the bench itself in a hidden mode, so that a process is small and needs no runtime.
//!
//! Each paints a recorded screen of a real CLI, and then does what its orders say.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::PERIOD;
use super::orders::{Banner, Office, Orders, Report, Task};

/// What the CLI painted before the repaint; `claude/README.md` tells how it was recorded.
const BEFORE: &[u8] = include_bytes!("claude/before.stream");

/// One repaint, as recorded.
const FRAME: &[u8] = include_bytes!("claude/repaint.frame");

/// The digits in [`FRAME`] that make way for the repaint's number.
const RECORDED: &[u8] = b"101";

/// What follows a repaint's number, and nothing else on the screen or in the stream.
pub(super) const AFTER_REPAINT: &[u8] = b" tokens";

/// What stands before a banner's id, and nowhere else on the screen or in the stream.
pub(super) const BEFORE_BANNER: &str = "\u{23bf}  #";

/// How many digits a number on the screen has.
pub(super) const DIGITS: usize = 6;

/// The footer while the CLI works, and while it does not.
const WORKING: &str = "\x1b[24;22H\x1b[38;5;246mesc to interrupt\x1b[39m\x1b[K\x1b[22;3H";
const AT_REST: &str = "\x1b[24;22H\x1b[38;5;246m? for shortcuts\x1b[39m\x1b[K";

/// The banner's row as the CLI words it, but for its id, which comes before what a pattern finds: a
/// row may be judged before all of it is there. The row is taken away again.
const BANNER_ROW: &str = "\x1b[17;1H\x1b[K  ";
const BANNER: &str = " You've hit your 5-hour limit · resets 3:07pm (UTC)";
const NO_BANNER: &str = "\x1b[17;1H\x1b[K";

/// How many repaints a banner stands, and the least and the most between two.
const SHOWN: u64 = 10;
const BETWEEN: (u64, u64) = (40, 140);

/// While it waits or rests, an agent looks for orders only every so many periods.
const REST: u32 = 5;

/// What a flood is made of, and how often its agent looks for orders, in writes.
const FLOOD: &[u8] = b"y\r\n";
const FLOOD_WRITE: usize = 4096;
const FLOOD_LOOK: usize = 64;

/// A flood is on the main screen; what follows it is on the alternate one again.
const BEFORE_FLOOD: &[u8] = b"\x1b[?1049l";

/// Works until its terminal is gone. `name` is the agent's number; the bench is at `dir`.
pub(crate) fn run(dir: &Path, name: &str) -> io::Result<()> {
    let number = name.parse().map_err(io::Error::other)?;
    let office = Office::at(dir);
    let mut agent = Agent {
        number,
        terminal: terminal()?,
        orders: File::open(office.orders())?,
        reports: File::create(office.report(number))?,
        banners: File::create(office.banners(number))?,
        report: Report::default(),
        frame: Frame::new(),
        shown: 0,
        banner: Dice::of(number).roll((0, BETWEEN.1)) + SHOWN,
        dice: Dice::of(number),
    };
    agent.work()
}

struct Agent {
    number: u64,
    terminal: File,
    orders: File,
    reports: File,
    banners: File,
    report: Report,
    frame: Frame,
    /// Banners so far.
    shown: u64,
    /// Repaints until the next banner comes, and before that until the last one goes.
    banner: u64,
    dice: Dice,
}

impl Agent {
    fn work(&mut self) -> io::Result<()> {
        // Agents that started together do not repaint together.
        let phase = (PERIOD * REST).mul_f64(self.dice.roll((0, 1000)) as f64 / 1000.0);
        let mut next = Instant::now() + phase;
        let mut task = Task::Wait;
        loop {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            let orders = Orders::read(&self.orders)?;
            if orders.number != self.report.orders {
                self.report.orders = orders.number;
                self.report.longest = 0;
                let before = std::mem::replace(&mut task, self.task(orders));
                if before == Task::Wait && task != Task::Wait {
                    self.terminal.write_all(BEFORE)?;
                }
                if task == Task::Flood {
                    self.flood()?;
                    next = Instant::now();
                    continue;
                }
            }
            if matches!(task, Task::Wait | Task::Rest) {
                self.report.write(&self.reports)?;
                next += PERIOD * REST;
                continue;
            }
            let missed = next.elapsed().div_duration_f64(PERIOD) as u32;
            next += PERIOD * (missed + 1);
            self.report.due += u64::from(missed) + 1;
            self.repaint()?;
            if task == Task::Banners {
                self.banner()?;
            }
            self.report.write(&self.reports)?;
        }
    }

    /// What this agent has to do of what all are told.
    fn task(&self, orders: Orders) -> Task {
        match orders.task {
            Task::Wait => Task::Wait,
            _ if self.number >= orders.active => Task::Rest,
            Task::Flood if self.number != 0 => Task::Banners,
            task => task,
        }
    }

    fn repaint(&mut self) -> io::Result<()> {
        self.report.drawn += 1;
        let frame = self.frame.numbered(self.report.drawn);
        let start = Instant::now();
        self.terminal.write_all(frame)?;
        self.took(start.elapsed());
        Ok(())
    }

    fn took(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.report.longest = self.report.longest.max(nanos);
    }

    /// Lets a banner come or go if it is time for that.
    fn banner(&mut self) -> io::Result<()> {
        self.banner -= 1;
        if self.banner == SHOWN {
            self.shown += 1;
            let id = self.number * 1000 + self.shown % 1000;
            // The banner is the last of the row and of the write.
            let row = format!("{AT_REST}{BANNER_ROW}{BEFORE_BANNER}{id:0DIGITS$}{BANNER}");
            let (written, start) = (now(), Instant::now());
            self.terminal.write_all(row.as_bytes())?;
            self.took(start.elapsed());
            Banner { id, written }.append(&self.banners)?;
        } else if self.banner == 0 {
            self.banner = self.dice.roll(BETWEEN) + SHOWN;
            let rows = [NO_BANNER, WORKING].concat();
            self.terminal.write_all(rows.as_bytes())?;
        }
        Ok(())
    }

    /// Writes lines as fast as it can, until there are other orders.
    fn flood(&mut self) -> io::Result<()> {
        let lines = FLOOD.repeat(FLOOD_WRITE / FLOOD.len());
        self.terminal.write_all(BEFORE_FLOOD)?;
        self.report.write(&self.reports)?;
        while Orders::read(&self.orders)?.number == self.report.orders {
            for _ in 0..FLOOD_LOOK {
                let start = Instant::now();
                self.terminal.write_all(&lines)?;
                self.took(start.elapsed());
                self.report.flooded += lines.len() as u64;
            }
            self.report.write(&self.reports)?;
        }
        self.terminal.write_all(BEFORE)
    }
}

/// The terminal, which gets the bytes as they are.
fn terminal() -> io::Result<File> {
    let stdout = io::stdout();
    let mut modes = tcgetattr(&stdout)?;
    modes.make_raw();
    tcsetattr(&stdout, OptionalActions::Now, &modes)?;
    Ok(stdout.as_fd().try_clone_to_owned()?.into())
}

/// A repaint that carries its number.
struct Frame {
    bytes: Vec<u8>,
    digits: usize,
}

impl Frame {
    fn new() -> Self {
        let recorded = [RECORDED, AFTER_REPAINT].concat();
        let digits = FRAME
            .windows(recorded.len())
            .position(|bytes| bytes == recorded)
            .expect("the recorded repaint has a count");
        let mut bytes = FRAME.to_vec();
        bytes.splice(digits..digits + RECORDED.len(), [b'0'; DIGITS]);
        Self { bytes, digits }
    }

    fn numbered(&mut self, number: u64) -> &[u8] {
        let mut rest = number;
        for digit in self.bytes[self.digits..][..DIGITS].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        &self.bytes
    }
}

/// A small generator (xorshift): the same for each run, and another for each agent.
struct Dice(u64);

impl Dice {
    fn of(agent: u64) -> Self {
        Self((agent + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number between the two, the second left out.
    fn roll(&mut self, (least, end): (u64, u64)) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        least + self.0 % (end - least)
    }
}

/// Nanoseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_nanos()).unwrap_or_default()
}
