//! A program on a terminal that paints what a test tells it to, and writes down every start of its
//! own, with the first line of its kickoff, and every line that it is given.
//!
//! A puppet named `a` has these files in `puppets/`: `a.wire`, a fifo on which the test tells it what
//! to paint; `a.heard`, the lines that were typed into it; `a.starts`, a line for each start; and, as
//! far as the test makes them, `a.face`, what it shows at first, and `a.answer`, what it shows as soon
//! as it is given a line.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Instant;

use crate::fleet_rig::{DEADLINE, Fleet, pause, wait_until};

/// At work, by [`BACKEND`]'s `active_re`.
pub(crate) const BUSY: &str = "* Baking (esc to interrupt)";
/// Neither at work nor anything else.
pub(crate) const IDLE: &str = "All is said.";
/// A usage limit whose end it does not name.
pub(crate) const LIMIT: &str = "You have reached your usage limit.";
/// A session that cannot go on.
pub(crate) const FATAL: &str = "Session state is corrupt beyond repair";
/// Somebody has to log in.
pub(crate) const LOGIN: &str = "Please log in: run /login";
/// Somebody has to answer.
pub(crate) const DIALOG: &str = "Do you trust this folder? 1. Yes 2. No";

/// The program. What is typed is read by a second shell, so that the first can wait for the wire.
const PROGRAM: &str = r#"
me=puppets/$AO_AGENT
mkdir -p puppets
[ -p "$me.wire" ] || mkfifo "$me.wire"
exec 3<>"$me.wire" 4<&0
face='Hello.'
[ ! -f "$me.face" ] || IFS= read -r face <"$me.face"
paint() { printf '\033[2J\033[H%b\n\n> ' "$face"; }
paint
(
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$me.heard"
        echo heard >&3
    done
) <&4 &
reader=$!
printf '%s %s\n' $$ "$(head -n 1 "${1:-/dev/null}")" >>"$me.starts"
while IFS= read -r word <&3; do
    case $word in
    heard) [ ! -f "$me.answer" ] || IFS= read -r face <"$me.answer"; paint ;;
    'paint '*) face=${word#paint }; paint ;;
    'exit '*) kill $reader; exit ${word#exit } ;;
    'exec '*) kill $reader; exec ${word#exec } ;;
    esac
done
"#;

/// The backend `puppet`.
const BACKEND: &str = r"
[backend.puppet]
prompt_delivery = 'exec'
bin = 'exec sh puppet.sh {kickoff}'
active_re = 'esc to interrupt'
limit_re = 'reached your usage limit'
fatal_re = 'corrupt beyond repair'
login_re = 'run /login'
dialog_re = 'do you trust'
";

/// Where a fleet of puppets begins.
const HEAD: &str = r#"
[tmux]
socket_path = "tmux.sock"
config_file = "tmux.conf"

[defaults]
session_prefix = "t-"
log_dir = "logs"
backend = "puppet"
watch = "heal"
"#;

/// A fleet of these agents, with these lines in its `[watchdog]`; nothing runs yet.
pub(crate) fn stage(watchdog: &str, agents: &str) -> Fleet {
    let fleet = Fleet::empty();
    fleet.write("puppet.sh", PROGRAM);
    std::fs::create_dir(fleet.path("puppets")).expect("a directory");
    restage(&fleet, watchdog, agents);
    fleet
}

/// Gives the fleet another config, whole and at once.
pub(crate) fn restage(fleet: &Fleet, watchdog: &str, agents: &str) {
    fleet.write("agents.toml.new", &config(watchdog, agents));
    std::fs::rename(fleet.path("agents.toml.new"), fleet.path("agents.toml")).expect("a rename");
}

/// A config of these agents. The intervals are short, unless `watchdog` says otherwise.
pub(crate) fn config(watchdog: &str, agents: &str) -> String {
    let mut table = format!("[watchdog]\n{watchdog}\n");
    for (key, seconds) in [("signal_interval", 1), ("heavy_interval", 2)] {
        if !watchdog.contains(key) {
            table += &format!("{key} = {seconds}\n");
        }
    }
    format!("{HEAD}\n{table}\n{BACKEND}\n{agents}")
}

/// An agent whose program is a puppet.
pub(crate) fn puppet(name: &str, keys: &str) -> String {
    format!("\n[[agent]]\nname = \"{name}\"\n{keys}\n")
}

/// The puppet of an agent.
pub(crate) struct Puppet<'f> {
    fleet: &'f Fleet,
    name: String,
}

impl<'f> Puppet<'f> {
    /// The puppet of this agent, which need not run yet.
    pub(crate) fn of(fleet: &'f Fleet, name: &str) -> Self {
        let name = name.to_owned();
        Self { fleet, name }
    }

    fn file(&self, kind: &str) -> String {
        format!("puppets/{}.{kind}", self.name)
    }

    /// Has it show this from its next start on. It takes backslashes as `printf %b` does.
    pub(crate) fn begins_with(&self, face: &str) {
        self.fleet.write(&self.file("face"), &format!("{face}\n"));
    }

    /// Has it show this as soon as a line is typed into it.
    pub(crate) fn answers(&self, face: &str) {
        self.fleet.write(&self.file("answer"), &format!("{face}\n"));
    }

    /// Has it go on showing what it shows when a line is typed into it.
    pub(crate) fn answers_nothing(&self) {
        let _ = std::fs::remove_file(self.fleet.path(&self.file("answer")));
    }

    /// Has it show this.
    pub(crate) fn shows(&self, face: &str) {
        self.tell(&format!("paint {face}"));
    }

    /// Has it end with this status.
    pub(crate) fn exits(&self, status: u8) {
        self.tell(&format!("exit {status}"));
    }

    /// Has it become this program.
    pub(crate) fn becomes(&self, line: &str) {
        self.tell(&format!("exec {line}"));
    }

    fn tell(&self, word: &str) {
        wait_until("the puppet listens", || self.try_tell(word));
    }

    /// Tells it something; whether somebody was there to hear it.
    fn try_tell(&self, word: &str) -> bool {
        // Without anybody who reads, a fifo cannot be opened in this way.
        let mut open = OpenOptions::new();
        let wire = self.fleet.path(&self.file("wire"));
        let wire = open.write(true).custom_flags(libc_nonblock()).open(wire);
        wire.is_ok_and(|mut wire| wire.write_all(format!("{word}\n").as_bytes()).is_ok())
    }

    /// Has it show this, if it runs.
    pub(crate) fn may_show(&self, face: &str) -> bool {
        self.try_tell(&format!("paint {face}"))
    }

    /// Has it end with this status, if it runs.
    pub(crate) fn may_exit(&self, status: u8) -> bool {
        self.try_tell(&format!("exit {status}"))
    }

    /// The lines that were typed into it so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        let heard = self.fleet.read(&self.file("heard"));
        heard.lines().map(str::to_owned).collect()
    }

    /// The lines that were typed into it, once there are so many.
    pub(crate) fn hears(&self, count: usize) -> Vec<String> {
        let begin = Instant::now();
        while self.heard().len() < count {
            if begin.elapsed() > DEADLINE {
                let heard = self.heard();
                panic!("not {count} lines: {heard:#?}; {:#?}", self.fleet.events());
            }
            pause();
        }
        self.heard()
    }

    /// The first line of the kickoff, for each start so far.
    pub(crate) fn starts(&self) -> Vec<String> {
        let starts = self.fleet.read(&self.file("starts"));
        let starts = starts.lines().filter_map(|line| line.split_once(' '));
        starts.map(|(_, kickoff)| kickoff.to_owned()).collect()
    }
}

fn libc_nonblock() -> i32 {
    let flag = rustix::fs::OFlags::NONBLOCK.bits();
    i32::try_from(flag).expect("a flag of open")
}
