//! The kinds of config that people have: each works unchanged, and without a warning.

use std::time::Duration;

use super::super::agent::{Kind, PromptSource, Watch};
use super::super::backend::Delivery;
use super::*;

/// A fleet of every kind: a TUI by ping, a CLI by arg, a script by exec, services, a loop with
/// phases, hand-off and completion, a schedule.
pub(super) const EVERYTHING: &str = r##"
[defaults]
session_prefix = "site-"
log_dir = ".state/logs"
project_dir = "here"
backend = "cli"
model = "base-model"
watch = "heal"
dir = "src"

[watchdog]
signal_interval = 20
heavy_interval = 240
limit_probe_fallback = 600
limit_reset_slack = 30
stall_grace = 90

[backend.cli]
bin = "claude"
flags = "--dangerously-skip-permissions"
prompt_delivery = "arg"
supports_resume = true
remote_control = true
process_name = "claude"
submit_key = "Enter"
stall_idle = 400
active_re = 'esc to interrupt|Running tool'
limit_re = 'usage limit|limit reached'
fatal_re = 'session not found'

[backend.tui]
bin = "opencode"
prompt_delivery = "ping"
server = "http://127.0.0.1:4096"
preamble = "export TERM=xterm-256color"
attach = "{bin} attach {server} --dir {dir}"
model_env = true
connect_delay = 6
footer_ui = true
log_grace = 60

[backend.script]
bin = "./run.sh {kickoff} {session} {model}"
prompt_delivery = "exec"

[loop]
state_file = "phase"
done_marker = "# FINISHED"
kickoff_template = "prompts/kickoff.md"
roles_dir = "roles"
auto_advance = false
resume_phase = true

[[loop.phases]]
id = "1-api"
status = "STATUS-1.md"
plan = "plan-1.md"
models = { builder = "big-model" }

[[loop.phases]]
id = "2-ui"
status = "STATUS-2.md"

[loop.handoff]
repo = "../sibling"
state_subdir = "docs"
claim_pattern = "^claim:"
review_pattern = "^verdict:"
claim_pings = "adversary"
review_pings = "builder"
inboxes = ["to-adversary.md", "to-builder.md"]

[loop.on_complete]
run = "reporter"
trigger_file = ".done"

[[agent]]
name = "builder"
kind = "loop"
role = "builder"
watch = "heal+stall"
resume = true

[[agent]]
name = "adversary"
kind = "loop"
role = "adversary"
backend = "tui"
model = "other-model"

[[agent]]
name = "lead"
kind = "orchestrator"
prompt_file = "prompts/lead.md"
dir = "~/lead"
session = "the-lead"
[agent.wake]
prompt_file = "prompts/wake.md"
interval = 1800

[[agent]]
name = "reporter"
kind = "task"
backend = "script"
enabled = false
watch = "none"
prompt = "Write the report."

[[service]]
name = "db"
command = "redis-server --port 7777"
dir = "var"

[[service]]
name = "web"
command = "python3 -m http.server 8000 | tee -a web.log"
"##;

#[test]
fn a_fleet_of_every_kind_loads_without_a_warning() {
    let fleet = clean(EVERYTHING);
    assert_eq!(fleet.agents.len(), 4);
    assert_eq!(fleet.services.len(), 2);
    assert_eq!(fleet.backends.len(), 3);
    assert!(fleet.broken.is_empty());
    assert_eq!(fleet.project_dir, Path::new("/project/here"));
    assert_eq!(fleet.log_dir, Path::new("/project/here/.state/logs"));
    assert_eq!(
        fleet.state_dir,
        Path::new("/project/here/.state/logs/state")
    );
    assert_eq!(fleet.watchdog.signal_interval, Duration::from_secs(20));
    assert_eq!(fleet.watchdog.heavy_interval, Duration::from_secs(240));
    assert_eq!(
        fleet.watchdog.limit_probe_fallback,
        Duration::from_secs(600)
    );
    assert_eq!(fleet.watchdog.limit_reset_slack, Duration::from_secs(30));
    assert_eq!(fleet.watchdog.stall_grace, Duration::from_secs(90));
}

#[test]
fn an_agent_has_its_own_keys_and_inherits_the_others() {
    let fleet = clean(EVERYTHING);
    let builder = fleet.agent("builder").unwrap();
    assert_eq!(builder.session.as_str(), "site-builder");
    assert_eq!(builder.kind, Kind::Loop);
    assert_eq!(builder.watch, Watch::HealAndStall);
    assert_eq!(builder.backend.name, "cli");
    assert_eq!(builder.model.as_deref(), Some("base-model"));
    assert_eq!(builder.dir, Path::new("/project/here/src"));
    assert_eq!(
        builder.prompt,
        PromptSource::Role {
            template: Some(PathBuf::from("/project/here/prompts/kickoff.md")),
            file: PathBuf::from("/project/here/roles/builder.md"),
        }
    );
    let lead = fleet.agent("lead").unwrap();
    assert_eq!(lead.session.as_str(), "the-lead");
    assert_eq!(lead.dir, Path::new("/home/al/lead"));
    assert_eq!(
        lead.prompt,
        PromptSource::File(PathBuf::from("/project/here/prompts/lead.md"))
    );
    let wake = lead.wake.as_ref().unwrap();
    assert_eq!(wake.interval, Duration::from_secs(1800));
    assert_eq!(wake.prompt_file, Path::new("/project/here/prompts/wake.md"));
    let reporter = fleet.agent("reporter").unwrap();
    assert!(!reporter.enabled && !reporter.is_watched());
    assert_eq!(
        reporter.prompt,
        PromptSource::Text("Write the report.".to_owned())
    );
}

#[test]
fn a_phase_gives_its_own_model_to_a_role() {
    let fleet = clean(EVERYTHING);
    let phases = &fleet.loop_.as_ref().unwrap().phases;
    let builder = fleet.agent("builder").unwrap();
    assert_eq!(builder.model_in(Some(&phases[0])), Some("big-model"));
    assert_eq!(builder.model_in(Some(&phases[1])), Some("base-model"));
    assert_eq!(builder.model_in(None), Some("base-model"));
    let adversary = fleet.agent("adversary").unwrap();
    assert_eq!(adversary.model_in(Some(&phases[0])), Some("other-model"));
}

#[test]
fn backends_have_what_is_written() {
    let fleet = clean(EVERYTHING);
    let cli = &fleet.backends["cli"];
    assert_eq!(cli.delivery, Delivery::Argument);
    assert!(cli.supports_resume && cli.remote_control && !cli.footer_ui);
    assert_eq!(cli.boot_key().as_str(), "Enter");
    assert_eq!(cli.stall_idle, Duration::from_secs(400));
    let limit = cli.limit_re.as_ref().unwrap();
    assert_eq!(limit.text, "usage limit|limit reached");
    assert_eq!(limit.place.as_ref().unwrap().line, 28);
    let tui = &fleet.backends["tui"];
    assert_eq!(tui.delivery, Delivery::Ping);
    assert!(tui.model_env && tui.footer_ui);
    assert_eq!(tui.connect_delay, Duration::from_secs(6));
    assert_eq!(
        (tui.boot_key().as_str(), tui.submit_key().as_str()),
        ("C-m", "Enter")
    );
    assert_eq!(fleet.backends["script"].delivery, Delivery::Exec);
}

#[test]
fn the_loop_has_what_is_written() {
    let fleet = clean(EVERYTHING);
    let loop_ = fleet.loop_.as_ref().unwrap();
    assert_eq!(
        loop_.state_file,
        Path::new("/project/here/.state/logs/state/phase")
    );
    assert_eq!(loop_.done_marker, "# FINISHED");
    assert!(!loop_.auto_advance);
    assert_eq!(loop_.resume_phase, Some(true));
    assert_eq!(loop_.status_repo, Path::new("/project/here/../sibling"));
    assert_eq!(loop_.status_subdir, "docs");
    let handoff = loop_.handoff.as_ref().unwrap();
    assert_eq!(handoff.claim_pattern.text, "^claim:");
    assert_eq!(handoff.claim_pings.as_str(), "adversary");
    assert_eq!(handoff.claim_inbox.as_deref(), Some("to-adversary.md"));
    assert_eq!(handoff.review_inbox.as_deref(), Some("to-builder.md"));
    let on_complete = loop_.on_complete.as_ref().unwrap();
    assert_eq!(on_complete.run.as_ref().unwrap().as_str(), "reporter");
    assert_eq!(
        on_complete.trigger_file,
        Path::new("/project/here/.state/logs/.done")
    );
}

#[test]
fn services_are_not_watched_unless_their_own_table_says_so() {
    let fleet = clean(EVERYTHING);
    let db = fleet.service("db").unwrap();
    assert_eq!(db.session.as_str(), "site-db");
    assert_eq!(db.dir, Path::new("/project/here/var"));
    assert_eq!(db.watch, Watch::None, "watch of [defaults] is for agents");
    let web = fleet.service("web").unwrap();
    assert_eq!(
        web.dir,
        Path::new("/project/here"),
        "dir of [defaults] is for agents"
    );
    let text = EVERYTHING.replace("name = \"db\"\n", "name = \"db\"\nwatch = \"heal\"\n");
    assert_eq!(clean(&text).service("db").unwrap().watch, Watch::Heal);
}

#[test]
fn the_least_config_has_every_default() {
    let fleet = clean(&format!(
        "{BASICS}[backend.b]\nbin = \"x\"\n[[agent]]\nname = \"a\"\nbackend = \"b\"\n"
    ));
    assert_eq!(fleet.project_dir, Path::new("/project"));
    assert_eq!(fleet.watchdog.signal_interval, Duration::from_secs(30));
    assert_eq!(fleet.watchdog.heavy_interval, Duration::from_secs(300));
    assert_eq!(
        fleet.watchdog.limit_probe_fallback,
        Duration::from_secs(300)
    );
    assert_eq!(fleet.watchdog.limit_reset_slack, Duration::from_secs(45));
    assert_eq!(fleet.watchdog.stall_grace, Duration::from_secs(180));
    assert_eq!(fleet.tmux.binary, Path::new("tmux"));
    assert_eq!(fleet.tmux.socket_name, None);
    assert!(fleet.loop_.is_none());
    let agent = fleet.agent("a").unwrap();
    assert_eq!(agent.kind, Kind::Persistent);
    assert_eq!(agent.watch, Watch::None);
    assert!(agent.enabled && !agent.resume);
    assert_eq!(
        (agent.model.as_deref(), agent.role.as_deref()),
        (None, None)
    );
    assert_eq!(agent.prompt, PromptSource::Empty);
    let backend = &agent.backend;
    assert_eq!(backend.delivery, Delivery::Argument);
    assert_eq!(backend.model_flag, "--model '{model}'");
    assert_eq!(backend.resume_flag, "--resume '{id}'");
    assert_eq!(backend.remote_control_flag, "--remote-control '{session}'");
    assert_eq!(backend.attach, "{bin}");
    assert_eq!(backend.connect_delay, Duration::from_secs(12));
    assert_eq!(backend.log_grace, Duration::from_secs(180));
    assert_eq!(backend.stall_idle, Duration::from_secs(300));
}

#[test]
fn the_loop_has_the_defaults_that_people_rely_on() {
    let fleet = clean(&format!(
        "{BASICS}[backend.b]\nbin = \"x\"\n\
         [[agent]]\nname = \"builder\"\nkind = \"loop\"\nrole = \"builder\"\nbackend = \"b\"\n\
         [[agent]]\nname = \"adversary\"\nkind = \"loop\"\nrole = \"adversary\"\nbackend = \"b\"\n\
         [loop]\n[loop.handoff]\nrepo = \".\"\n[loop.on_complete]\nrun = \"builder\"\n"
    ));
    let loop_ = fleet.loop_.as_ref().unwrap();
    assert!(loop_.phases.is_empty() && loop_.auto_advance);
    assert_eq!(loop_.state_file, fleet.state_dir.join("phase-idx"));
    assert_eq!(loop_.done_marker, "## DONE");
    assert_eq!(loop_.status_subdir, "machine-docs");
    let handoff = loop_.handoff.as_ref().unwrap();
    assert_eq!(
        (
            handoff.claim_pattern.text.as_str(),
            handoff.review_pattern.text.as_str()
        ),
        ("^claim", "^review")
    );
    assert_eq!(
        (handoff.claim_pings.as_str(), handoff.review_pings.as_str()),
        ("adversary", "builder")
    );
    assert_eq!(
        loop_.on_complete.as_ref().unwrap().trigger_file,
        fleet.log_dir.join(".run-on-complete")
    );
}

#[test]
fn the_files_have_the_names_that_they_always_had() {
    let fleet = clean(EVERYTHING);
    let lead = fleet.agent("lead").unwrap();
    let logs = Path::new("/project/here/.state/logs");
    assert_eq!(fleet.log_file(&lead.session), logs.join("the-lead.log"));
    assert_eq!(
        fleet.log_file(&fleet.watchdog_session()),
        logs.join("site-watchdog.log")
    );
    assert_eq!(
        fleet.kickoff_file(&lead.session),
        logs.join("state/kickoff-the-lead.txt")
    );
    assert_eq!(fleet.resume_file(&lead.name), logs.join("state/lead.id"));
    assert_eq!(
        fleet.hold_file(&lead.session),
        logs.join("state/limited-the-lead.json")
    );
    assert_eq!(fleet.complete_file(), logs.join("SEQUENCE-COMPLETE"));
}

#[test]
fn only_tmux_s_own_pipe_is_not_acted_upon() {
    assert_eq!(clean(EVERYTHING).rules_not_acted_on(), Vec::<String>::new());
    let piped = clean(&format!("{BASICS}defaults.log = \"pipe\"\n"));
    let rules = piped.rules_not_acted_on();
    assert!(
        matches!(rules.as_slice(), [rule] if rule.contains("pipe")),
        "{rules:?}"
    );
}
