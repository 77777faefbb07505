//! An agent for `ao demo`: it looks busy, and some of them die.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::time::{Duration, Instant};

use rustix::process::{Signal, getpid, kill_process};

use super::args::DemoAgentArgs;
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
}

/// Works until it dies or its terminal goes.
pub(crate) fn run(args: &DemoAgentArgs) -> Outcome {
    let mut dice = Dice::of(&args.name);
    let dies_after = args
        .fragile
        .then(|| Duration::from_millis(dice.roll(1_500, 6_000)));
    let begun = Instant::now();
    let mut out = io::stdout().lock();
    let mut say = |text: &str| out.write_all(text.as_bytes()).and_then(|()| out.flush());
    say(&format!("{} is at work\r\n", terminal::line(&args.name)))
        .map_err(|e| stdout_failed(&e))?;
    loop {
        let task = TASKS[usize::try_from(dice.roll(0, TASKS.len() as u64)).unwrap_or(0)];
        let frames = dice.roll(15, 50);
        for frame in 0..=frames {
            if dies_after.is_some_and(|after| begun.elapsed() >= after) {
                say("\r\n").map_err(|e| stdout_failed(&e))?;
                return die(&mut dice);
            }
            let (done, spin) = (
                frame * BAR as u64 / frames,
                SPINNER[frame as usize % SPINNER.len()],
            );
            let bar: String = (0..BAR as u64)
                .map(|i| if i < done { '█' } else { '░' })
                .collect();
            say(&format!("\r\x1b[K{spin} {bar} {task}")).map_err(|e| stdout_failed(&e))?;
            std::thread::sleep(FRAME);
        }
        say(&format!("\r\x1b[K✓ {task}\r\n")).map_err(|e| stdout_failed(&e))?;
    }
}

/// Ends as real agents do: with a message and a status, or without a word.
fn die(dice: &mut Dice) -> Outcome {
    if dice.roll(0, 2) == 0 {
        // Nothing runs after this; if it fails, the error below is as good an end.
        let _ = kill_process(getpid(), Signal::KILL);
    }
    super::message::error("this demo agent gives up, as some agents do", None);
    Ok(Exit::FAILED)
}
