//! The rules for work that is handed over with git: with real repositories and the real watchdog.

use crate::fleet_rig::{Events, Fleet, run};
use crate::puppet::{BUSY, FATAL, IDLE, Puppet, puppet, stage};

const CONFIG: &str = "
[loop]
roles_dir = 'roles'
[loop.handoff]
repo = 'clone'
inboxes = ['for-adversary.md', 'for-builder.md']
[[loop.phases]]
id = 'one'
status = 'one.md'
";

/// A bare repository, the fleet's clone of it, and another that somebody pushes from.
pub(crate) struct Remote {
    /// The fleet, whose agents `builder` and `adversary` are puppets.
    pub(crate) fleet: Fleet,
}

impl Remote {
    fn new() -> Self {
        Self::with("", "")
    }

    /// With these lines in `[watchdog]` and these agents besides.
    pub(crate) fn with(watchdog: &str, agents: &str) -> Self {
        let role = |name: &str| puppet(name, &format!("kind = 'loop'\nrole = '{name}'"));
        let roles = role("builder") + &role("adversary");
        let fleet = stage(watchdog, &format!("{CONFIG}{roles}{agents}"));
        for name in ["builder", "adversary"] {
            fleet.write(&format!("roles/{name}.md"), "Go on.\n");
            let it = Puppet::of(&fleet, name);
            it.begins_with(IDLE);
        }
        let remote = Self { fleet };
        remote.git(&["init", "-q", "--bare", "--initial-branch=main", "remote"]);
        remote.git(&["clone", "-q", "remote", "theirs"]);
        remote.push("begin", &[]);
        remote.git(&["clone", "-q", "remote", "clone"]);
        remote
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = self.fleet.command("git");
        let name = ["-c", "user.name=x", "-c", "user.email=x@localhost"];
        command.args(name).args(arguments);
        let done = run(command);
        assert_eq!(done.code, 0, "git {arguments:?}: {done:?}");
    }

    /// Pushes a commit with these files.
    pub(crate) fn push(&self, subject: &str, files: &[(&str, &str)]) {
        for (name, text) in files {
            self.fleet.write(&format!("theirs/{name}"), text);
        }
        self.git(&["-C", "theirs", "add", "-A"]);
        self.git(&[
            "-C",
            "theirs",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            subject,
        ]);
        self.git(&["-C", "theirs", "push", "-q", "origin", "HEAD:main"]);
    }

    /// Brings the fleet up, and waits until the branch is known.
    fn up(&self) -> Events {
        self.fleet.ok(&["up"]);
        self.knows_the_branch();
        self.fleet.follow()
    }

    /// Waits until what was pushed is known, and written down.
    pub(crate) fn knows_the_branch(&self) {
        let head = run({
            let mut command = self.fleet.command("git");
            command.args(["-C", "theirs", "rev-parse", "HEAD"]);
            command
        });
        let head = head.out.trim().to_owned();
        crate::fleet_rig::wait_for_text(&self.fleet.path("logs/state/supervisor.json"), &head);
    }

    fn puppet(&self, name: &str) -> Puppet<'_> {
        Puppet::of(&self.fleet, name)
    }
}

/// How a ping begins.
const PING: &str = "watchdog ping: ";

// 105, 106, 107.
#[test]
fn claims_reviews_and_inboxes_are_told_to_whom_they_concern_and_once() {
    let remote = Remote::new();
    let events = remote.up();
    remote.push("claim: it holds\n", &[]);
    let told = events.of("handoff", "adversary");
    assert_eq!(told["subjects"], serde_json::json!(["claim: it holds"]));
    let adversary = remote.puppet("adversary");
    assert!(adversary.hears(1)[0].starts_with(&format!("{PING}a CLAIM ")));
    remote.push("review: it does not", &[]);
    let builder = remote.puppet("builder");
    assert!(builder.hears(1)[0].starts_with(&format!("{PING}a review ")));
    remote.push("a word", &[("machine-docs/for-builder.md", "Look here.\n")]);
    let heard = builder.hears(2);
    assert!(
        heard[1].starts_with(PING) && heard[1].contains("machine-docs/for-builder.md"),
        "{heard:?}"
    );
    // Read, deleted, and written again: that is another.
    std::fs::remove_file(remote.fleet.path("theirs/machine-docs/for-builder.md"))
        .expect("it is there");
    remote.push("read", &[]);
    remote.knows_the_branch();
    remote.push("more", &[("machine-docs/for-builder.md", "Look here.\n")]);
    builder.hears(3);
    assert_eq!((adversary.heard().len(), builder.heard().len()), (1, 3));
}

// 108 [B], better: what was pushed while nobody watched is told, and nothing is told twice.
#[test]
fn what_was_pushed_while_the_watchdog_was_away_is_told_once() {
    let remote = Remote::new();
    let events = remote.up();
    remote.push(
        "a word",
        &[("machine-docs/for-adversary.md", "Look here.\n")],
    );
    let adversary = remote.puppet("adversary");
    adversary.hears(1);
    events.wait_for("it has landed", |event| event["outcome"] == "landed");
    remote.fleet.kill_watchdog();
    remote.push("claim: while you were away", &[]);
    remote.fleet.ok(&["up", "watchdog"]);
    let heard = adversary.hears(2);
    assert!(heard[1].contains("CLAIM"), "{heard:?}");
    remote.knows_the_branch();
    remote.fleet.crash_watchdog();
    remote.push("review: a sign of life", &[]);
    remote.puppet("builder").hears(1);
    assert_eq!(adversary.heard().len(), 2, "{:?}", adversary.heard());
}

// 109 [B], better: a ping waits until it can land.
#[test]
fn a_ping_waits_for_who_works_or_is_dead_and_equal_ones_are_one() {
    let remote = Remote::new();
    let events = remote.up();
    let adversary = remote.puppet("adversary");
    adversary.shows(BUSY);
    events.wait_for("it works", |event| {
        event["agent"] == "adversary" && event["to"] == "working"
    });
    for subject in ["claim: one", "claim: two"] {
        remote.push(subject, &[]);
        events.of("handoff", "adversary");
    }
    assert!(adversary.heard().is_empty());
    // Through its death as well.
    adversary.shows(FATAL);
    events.of("restart", "adversary");
    adversary.hears(1);
    remote.push("review: a sign of life", &[]);
    remote.puppet("builder").hears(1);
    assert_eq!(adversary.heard().len(), 1);
}

// 105 [B], 110, better: a remote that is away is told once, and nothing else waits for it.
#[test]
fn a_remote_that_is_away_is_told_once_and_what_it_brings_when_it_is_back_counts() {
    let remote = Remote::new();
    let events = remote.up();
    std::fs::rename(remote.fleet.path("remote"), remote.fleet.path("away")).expect("a rename");
    let trouble = |wanted: bool| {
        events.wait_for("trouble", |event| {
            event["kind"] == "trouble"
                && event["about"] == "hand-off"
                && event["reason"].is_string() == wanted
        })
    };
    trouble(true);
    std::fs::rename(remote.fleet.path("away"), remote.fleet.path("remote")).expect("a rename");
    remote.push("claim: it is back", &[]);
    trouble(false);
    remote.puppet("adversary").hears(1);
}
