//! An agent for `ao demo`: it looks busy, and does to its watchdog what real agents do.

use std::fs::OpenOptions;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use rustix::process::{Signal, getpid, kill_process};

use super::args::{Act, DemoAgentArgs};
use super::message::{Exit, Outcome, stdout_failed};
use super::terminal;

/// What a demo agent pretends to do.
const TASKS: [&str; 8] = [
    "reading the tests",
    "looking for the bug",
    "writing a failing test",
    "making it pass",
    "reading the change again",
    "updating the docs",
    "running the linter",
    "asking itself why",
];
const SPINNER: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME: Duration = Duration::from_millis(100);
const BAR: usize = 20;
/// What it shows while it works, and only then: a piece of its bar.
pub(crate) const ACTIVE_RE: &str = "[█░]";
/// What it shows when it is limited.
pub(crate) const LIMIT_RE: &str = "usage limit reached";
const LIMIT_BANNER: &str = "usage limit reached, resets in 8 seconds";

/// A small generator (xorshift) is random enough to look alive.
struct Dice(u64);

impl Dice {
    /// Other agents, and other lives of one agent, differ.
    fn of(name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (name, std::process::id()).hash(&mut hasher);
        Self(hasher.finish() | 1)
    }

    /// A number from `from` to `to - 1`.
    fn roll(&mut self, from: u64, to: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        from + self.0 % (to - from)
    }

    fn span(&mut self, from: Duration, to: Duration) -> Duration {
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.roll(millis(from), millis(to)))
    }
}

/// Plays its part until that ends, or its terminal goes.
pub(crate) fn run(args: &DemoAgentArgs) -> Outcome {
    let mut player = Player {
        dice: Dice::of(&args.name),
        name: terminal::line(&args.name).into_owned(),
    };
    player.play(args.act).map_err(|e| stdout_failed(&e))
}

struct Player {
    dice: Dice,
    name: String,
}

impl Player {
    fn play(&mut self, act: Act) -> io::Result<Exit> {
        say(&format!("{} is at work\r\n", self.name))?;
        match act {
            Act::Busy => {}
            Act::Idle => return self.rest("nothing to do; whoever types a line is heard"),
            Act::Dies if is_first_life(act) => {
                self.work_for(Duration::from_secs(4), Duration::from_secs(7))?;
                return self.die();
            }
            Act::Crashes => {
                self.work_for(Duration::from_millis(500), Duration::from_secs(1))?;
                super::message::error("this demo agent cannot find its tools", None);
                return Ok(Exit::FAILED);
            }
            Act::Limited => {
                self.work_for(Duration::from_secs(2), Duration::from_secs(4))?;
                say(&format!("{LIMIT_BANNER}\r\n\r\n> "))?;
                hear()?;
                say(&format!("\x1b[2J\x1b[H{} goes on\r\n", self.name))?;
            }
            Act::Stalls if is_first_life(act) => {
                self.work_for(Duration::from_secs(4), Duration::from_secs(6))?;
                return self.rest("");
            }
            Act::Dies | Act::Stalls => {}
        }
        loop {
            self.task(None)?;
        }
    }

    /// Works for a time between these two.
    fn work_for(&mut self, from: Duration, to: Duration) -> io::Result<()> {
        let end = Instant::now() + self.dice.span(from, to);
        while Instant::now() < end {
            self.task(Some(end))?;
        }
        Ok(())
    }

    /// Does one task, or as much of it as there is time for.
    fn task(&mut self, end: Option<Instant>) -> io::Result<()> {
        let tasks = TASKS.len() as u64;
        let task = TASKS[usize::try_from(self.dice.roll(0, tasks)).unwrap_or(0)];
        let frames = self.dice.roll(15, 50);
        for frame in 0..=frames {
            if end.is_some_and(|end| Instant::now() >= end) {
                return say("\r\x1b[K");
            }
            let done = frame * BAR as u64 / frames;
            let spin = SPINNER[usize::try_from(frame).unwrap_or(0) % SPINNER.len()];
            let bar: String = (0..BAR as u64)
                .map(|i| if i < done { '█' } else { '░' })
                .collect();
            say(&format!("\r\x1b[K{spin} {bar} {task}"))?;
            std::thread::sleep(FRAME);
        }
        say(&format!("\r\x1b[K✓ {task}\r\n"))
    }

    /// Does nothing, but for hearing what is typed.
    fn rest(&mut self, why: &str) -> io::Result<Exit> {
        loop {
            say(&format!("{why}\r\n> "))?;
            hear()?;
            say("\x1b[2J\x1b[H")?;
        }
    }

    /// Ends as real agents do: with a message and a status, or without a word.
    fn die(&mut self) -> io::Result<Exit> {
        if self.dice.roll(0, 2) == 0 {
            // Nothing runs after this; if it fails, the error below is as good an end.
            let _ = kill_process(getpid(), Signal::KILL);
        }
        super::message::error("this demo agent gives up, as some agents do", None);
        Ok(Exit::FAILED)
    }
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Waits for a line that is typed.
///
/// # Errors
/// None will ever come: the terminal went.
fn hear() -> io::Result<()> {
    match io::stdin().lock().read_line(&mut String::new())? {
        0 => Err(io::ErrorKind::BrokenPipe.into()),
        _ => Ok(()),
    }
}

/// Whether nobody has played this part in this directory before: some things happen once.
fn is_first_life(act: Act) -> bool {
    let trace = format!("lived-{act:?}");
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(trace)
        .is_ok()
}
