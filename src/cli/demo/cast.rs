//! Who plays in the demo: the config of its fleet, and what its agents read.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::cli::args::Act;
use crate::cli::demo_agent::{ACTIVE_RE, LIMIT_RE};

/// The first agents, in their order; those behind them are called by number.
const PARTS: [(&str, Act); 6] = [
    ("coder", Act::Dies),
    ("tester", Act::Crashes),
    ("writer", Act::Limited),
    ("scout", Act::Stalls),
    ("planner", Act::Busy),
    ("helper", Act::Idle),
];
/// The two that hand work to each other.
pub(super) const PAIR: [&str; 2] = ["builder", "adversary"];

/// What the pair reads and runs: that of the example.
const PROMPTS: [(&str, &str); 4] = [
    ("kickoff.md", include_str!("../../../prompts/kickoff.md")),
    ("builder.md", include_str!("../../../prompts/builder.md")),
    (
        "adversary.md",
        include_str!("../../../prompts/adversary.md"),
    ),
    ("stand-in.sh", include_str!("../../../prompts/stand-in.sh")),
];

/// What is the same whoever plays. The times are short enough for everything to be seen.
const RULES: &str = "\
[watchdog]
signal_interval = 1
heavy_interval = 5
restart_delay = 1
restarts_per_window = 3
limit_reset_slack = 1
limit_probe_fallback = 5
";

/// The pair's loop, and whom it ends with.
const LOOP: &str = "\
[backend.stand-in]
bin = \"sh ../prompts/stand-in.sh\"
active_re = '\\[working\\]'
stall_idle = 20
[backend.shell]
prompt_delivery = \"exec\"
bin = \"git --no-pager --git-dir=remote.git log --reverse --format='%an: %s' main\"
[[agent]]
name = \"builder\"
kind = \"loop\"
role = \"builder\"
backend = \"stand-in\"
dir = \"builder\"
watch = \"heal+stall\"
stall_action = \"nudge\"
[[agent]]
name = \"adversary\"
kind = \"loop\"
role = \"adversary\"
backend = \"stand-in\"
dir = \"adversary\"
watch = \"heal+stall\"
stall_action = \"nudge\"
[[agent]]
name = \"reporter\"
kind = \"task\"
backend = \"shell\"
enabled = false
[loop]
kickoff_template = \"prompts/kickoff.md\"
[[loop.phases]]
id = \"greet\"
plan = \"plans/greet.md\"
status = \"STATUS-greet.md\"
[[loop.phases]]
id = \"count\"
plan = \"plans/count.md\"
status = \"STATUS-count.md\"
[loop.handoff]
repo = \"adversary\"
inboxes = [\"ADVERSARY-INBOX.md\", \"BUILDER-INBOX.md\"]
[loop.on_complete]
run = \"reporter\"
";

/// Who plays.
#[derive(Debug)]
pub(super) struct Cast {
    agents: u64,
    /// Whether the pair is there.
    pub(super) pair: bool,
    /// The pair would be there if git were.
    pub(super) misses_git: bool,
}

impl Cast {
    /// So many agents. The pair needs git, and that there is room behind the other parts.
    pub(super) fn of(agents: u64, git: bool) -> Self {
        let room = agents >= (PARTS.len() + PAIR.len()) as u64;
        Self {
            agents,
            pair: room && git,
            misses_git: room && !git,
        }
    }

    /// The config, for a demo in the directory `dir` whose agents are played by `exe`.
    pub(super) fn config(&self, exe: &Path, dir: &Path) -> String {
        let toml = |text: String| toml::Value::String(text).to_string();
        let program = format!("'{}'", exe.to_string_lossy().replace('\'', r"'\''"));
        let mut out = format!(
            "[defaults]\nsession_prefix = \"demo-\"\nlog_dir = \"state\"\nwatch = \"heal\"\n\
             [tmux]\nsocket_path = {}\nconfig_file = \"/dev/null\"\n{RULES}",
            toml(dir.join("tmux").to_string_lossy().into_owned()),
        );
        if self.pair {
            out.push_str(LOOP);
        }
        for (act, word) in [
            (Act::Dies, "dies"),
            (Act::Crashes, "crashes"),
            (Act::Limited, "limited"),
            (Act::Stalls, "stalls"),
            (Act::Busy, "busy"),
            (Act::Idle, "idle"),
        ] {
            let line = format!("{program} internal demo-agent --name {{session}} --act {word}");
            _ = write!(
                out,
                "[backend.{word}]\nprompt_delivery = \"exec\"\nbin = {}\nactive_re = '{ACTIVE_RE}'\n\
                 limit_re = '{LIMIT_RE}'\nstall_idle = 6\n",
                toml(line),
            );
            let care = if act == Act::Stalls {
                "heal+stall"
            } else {
                "heal"
            };
            for name in self.players(act) {
                _ = write!(
                    out,
                    "[[agent]]\nname = \"{name}\"\nbackend = \"{word}\"\nwatch = \"{care}\"\n"
                );
            }
        }
        out
    }

    /// Who plays this part.
    fn players(&self, act: Act) -> Vec<String> {
        let parts = PARTS
            .iter()
            .take(usize::try_from(self.agents).unwrap_or(usize::MAX));
        let named = parts.filter(|(_, part)| *part == act);
        let mut players: Vec<String> = named.map(|(name, _)| (*name).to_owned()).collect();
        if act == Act::Busy {
            let pair = if self.pair { PAIR.len() as u64 } else { 0 };
            let more = PARTS.len() as u64 + 1..=self.agents - pair.min(self.agents);
            players.extend(more.map(|number| format!("agent-{number}")));
        }
        players
    }

    /// Writes what the pair reads.
    pub(super) fn write_prompts(&self, dir: &Path) -> io::Result<()> {
        if !self.pair {
            return Ok(());
        }
        let prompts = dir.join("prompts");
        std::fs::create_dir(&prompts)?;
        for (name, text) in PROMPTS {
            std::fs::write(prompts.join(name), text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Overrides};

    #[test]
    fn the_demos_config_is_valid_wherever_the_program_lies() {
        for exe in [
            "/usr/bin/ao",
            "/it's a \"place\"/with \\ and #/ao",
            "/ünï/a b/ao",
        ] {
            for (agents, git) in [
                (1, true),
                (5, true),
                (7, true),
                (8, true),
                (8, false),
                (500, true),
            ] {
                let dir = tempfile::tempdir().expect("a directory");
                let cast = Cast::of(agents, git);
                cast.write_prompts(dir.path()).expect("prompts");
                let path = dir.path().join("agents.toml");
                std::fs::write(&path, cast.config(Path::new(exe), dir.path())).expect("written");
                let loaded = config::load(&path, &Overrides::default());
                assert_eq!(loaded.diagnostics, [], "{exe}");
                let fleet = loaded.fleet.expect("a fleet");
                let watched = fleet.agents.iter().filter(|agent| agent.is_watched());
                assert_eq!(watched.count() as u64, agents);
                assert_eq!(cast.pair, agents >= 8 && git);
                assert_eq!(fleet.loop_.is_some(), cast.pair);
                let program = format!("'{}' internal", exe.replace('\'', r"'\''"));
                let coder = fleet
                    .agents
                    .iter()
                    .find(|agent| agent.name.as_str() == "coder");
                assert!(coder.expect("a coder").backend.bin.starts_with(&program));
            }
        }
    }

    #[test]
    fn whoever_is_alone_dies_and_comes_back() {
        let cast = Cast::of(1, true);
        assert_eq!(cast.players(Act::Dies), ["coder"]);
        assert_eq!(cast.players(Act::Busy), [""; 0]);
    }
}
