//! How prompts and environments get to agents: the predecessor's own kinds of config.

use crate::fleet_rig::{Fleet, is_running, kill, wait_for_text, wait_until};

/// Prints its arguments, one a line and in brackets, into the file `arguments`.
const ARGUMENTS: &str = r#"sh -c 'for a in "$@"; do printf "[%s]\n" "$a"; done >arguments.new; mv arguments.new arguments; exec sleep 1000' cli"#;

#[test]
fn a_tui_is_told_once_to_read_its_prompt() {
    let fleet = Fleet::new(
        r#"
[backend.tui]
prompt_delivery = "ping"
bin = '''
echo welcome; printf 'ready> '
while IFS= read -r line; do
    printf '%s\n' "$line" >>heard
    printf '\033[2J\033[Hready> '
done
'''
connect_delay = 10

[[agent]]
name = "tui"
backend = "tui"
prompt = "Count the stars."
"#,
    );
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("heard"), "\n");
    let heard = fleet.read("heard");
    assert_eq!(heard.lines().count(), 1, "submitted once: {heard:?}");
    assert!(heard.contains("logs/state/kickoff-t-tui.txt"), "{heard:?}");
    assert_eq!(
        fleet.read("logs/state/kickoff-t-tui.txt"),
        "Count the stars."
    );

    // A healed one is told anew.
    let old = fleet.pid("tui");
    kill(old);
    fleet.wait_for_other_pid("tui", old);
    wait_until("it was told again", || {
        fleet.read("heard").lines().count() == 2
    });
}

#[test]
fn a_tui_that_shows_what_it_was_told_is_not_told_twice() {
    // What was typed stays on the screen as history; only the input line is empty again.
    let fleet = Fleet::new(
        r#"
[backend.tui]
prompt_delivery = "ping"
bin = '''
printf 'ready> '
while IFS= read -r line; do printf '%s\n' "$line" >>heard; printf 'you said: %s\nready> ' "$line"; done
'''

[[agent]]
name = "tui"
backend = "tui"
prompt = "Count the stars."

[[agent]]
name = "last"
"#,
    );
    fleet.ok(&["up"]);
    fleet.wait_for_unit("tui", "it runs", is_running);
    wait_for_text(&fleet.path("heard"), "\n");
    // Empty lines would be the traces of further attempts to submit; a later start and its end
    // give them time to come.
    let old = fleet.pid("last");
    kill(old);
    fleet.wait_for_other_pid("last", old);
    let heard = fleet.read("heard");
    assert_eq!(
        heard
            .lines()
            .filter(|line| line.contains("kickoff"))
            .count(),
        1,
        "{heard:?}"
    );
}

#[test]
fn a_cli_gets_flags_model_resume_id_and_prompt_as_arguments() {
    let config = format!(
        "[backend.cli]\nbin = '''{ARGUMENTS}'''\nflags = \"--yes 'a b'\"\nsupports_resume = true\n\
         remote_control = true\n\
         [[agent]]\nname = \"cli\"\nbackend = \"cli\"\nmodel = \"m 1\"\nresume = true\n\
         prompt = \"It's \\\"done\\\" $(touch ran) `touch ran`\\nsecond line\"\n"
    );
    let fleet = Fleet::new(&config);
    fleet.write("logs/state/cli.id", "abc-123\n");
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("arguments"), "second line");
    assert_eq!(
        fleet.read("arguments"),
        "[--resume]\n[abc-123]\n[--remote-control]\n[t-cli]\n[--model]\n[m 1]\n[--yes]\n[a b]\n\
         [It's \"done\" $(touch ran) `touch ran`\nsecond line]\n"
    );
    assert!(!fleet.path("ran").exists(), "a prompt ran as a command");
}

#[test]
fn a_prompt_too_long_for_an_argument_is_named_instead() {
    let config = format!(
        "[backend.cli]\nbin = '''{ARGUMENTS}'''\n\
         [[agent]]\nname = \"cli\"\nbackend = \"cli\"\nprompt_file = \"long.txt\"\n"
    );
    let fleet = Fleet::new(&config);
    let prompt = "0123456789abcde\n".repeat(16 * 1024);
    fleet.write("long.txt", &prompt);
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("arguments"), "]");
    let arguments = fleet.read("arguments");
    assert!(
        arguments.contains("logs/state/kickoff-t-cli.txt"),
        "{arguments:.300}"
    );
    assert!(arguments.len() < 1000, "the whole prompt went along");
    assert_eq!(fleet.read("logs/state/kickoff-t-cli.txt"), prompt);
}

#[test]
fn a_script_gets_the_prompts_file_the_session_and_the_model() {
    let fleet = Fleet::new(
        r#"
[backend.script]
prompt_delivery = "exec"
bin = "cp {kickoff} copy; echo {session} {model} >told; exec sleep 1000"
[[agent]]
name = "task"
kind = "task"
backend = "script"
model = "big"
prompt = "Build it."
"#,
    );
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("told"), "\n");
    assert_eq!(fleet.read("told"), "t-task big\n");
    assert_eq!(fleet.read("copy"), "Build it.");
}

#[test]
fn loops_get_their_phases_kickoff_and_the_models_of_their_roles() {
    let fleet = Fleet::new(
        r###"
[backend.script]
prompt_delivery = "exec"
bin = "cp {kickoff} {session}.copy; echo {model} >{session}.model; exec sleep 1000"

[loop]
kickoff_template = "kickoff.md"
auto_advance = true
phases = [
    { id = "one", plan = "PLAN-1.md", status = "STATUS-1.md" },
    { id = "two", plan = "PLAN-2.md", status = "STATUS-2.md", models = { builder = "huge" } },
]
[loop.handoff]
inboxes = ["TO-ADVERSARY.md", "TO-BUILDER.md"]

[[agent]]
name = "builder"
kind = "loop"
role = "builder"
backend = "script"
model = "small"
[[agent]]
name = "adversary"
kind = "loop"
role = "adversary"
backend = "script"
model = "small"
"###,
    );
    fleet.write(
        "kickoff.md",
        "{role} works on {phase_id}: {plan} {status} {other}\n",
    );
    fleet.write("prompts/builder.md", "You build {plan}.\n");
    fleet.write("prompts/adversary.md", "You doubt.\n");
    fleet.write("logs/state/phase-idx", "1\n");
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("t-builder.model"), "\n");
    wait_for_text(&fleet.path("t-adversary.model"), "\n");
    assert_eq!(
        fleet.read("t-builder.copy"),
        "builder works on two: PLAN-2.md STATUS-2.md {other}\nYou build {plan}.\n"
    );
    assert_eq!(fleet.read("t-builder.model"), "huge\n");
    assert_eq!(fleet.read("t-adversary.model"), "small\n");
    let status = fleet.status();
    assert_eq!(status["phase"]["id"], "two", "{status:#}");
    assert_eq!(
        (&status["phase"]["index"], &status["phase"]["count"]),
        (&1.into(), &2.into())
    );
    assert!(fleet.ok(&["status"]).out.contains("two"));
    fleet.ok(&["down"]);
    fleet.wait_until_nothing_is_left();
}

#[test]
fn a_service_runs_its_line_in_its_own_directory_which_is_made() {
    let fleet = Fleet::new(
        "[[service]]\nname = \"web\"\ndir = \"deep/down\"\ncommand = \"pwd >where; exec sleep 1000\"\n",
    );
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("deep/down/where"), "deep/down");
}

#[test]
fn environments_are_merged_from_defaults_to_the_agent() {
    let fleet = Fleet::new(
        r#"
[backend.show]
prompt_delivery = "exec"
bin = "env >seen.new; mv seen.new seen; exec sleep 1000"
env = { LEVEL = "backend", FROM_BACKEND = "1" }
env_file = "backend.env"

[[agent]]
name = "a"
backend = "show"
env = { LEVEL = "agent", ODD = "it's $HOME #{pane_id} \"x\" ; \\ %Y" }
"#,
    );
    fleet.write(
        "backend.env",
        "# a comment\nexport FROM_FILE='two words'\nLEVEL=file\nFROM_BACKEND=file\n",
    );
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("seen"), "AO_AGENT=");
    let seen = fleet.read("seen");
    for line in [
        "LEVEL=agent",
        "FROM_BACKEND=1",
        "FROM_FILE=two words",
        "ODD=it's $HOME #{pane_id} \"x\" ; \\ %Y",
        "AO_AGENT=a",
        "AO_SESSION=t-a",
        &format!(
            "AO_CONFIG={}",
            fleet
                .path("agents.toml")
                .canonicalize()
                .expect("a path")
                .display()
        ),
        &format!("PATH={}", fleet.search_path().display()),
    ] {
        assert!(
            seen.lines().any(|seen| seen == line),
            "{line} is not in {seen}"
        );
    }
}

#[test]
fn a_tui_that_ends_before_it_was_told_anything_makes_up_fail() {
    let fleet = Fleet::new(
        r#"
[backend.brief]
prompt_delivery = "ping"
bin = "sleep 0.2; exit 4"
connect_delay = 20

[[agent]]
name = "brief"
backend = "brief"
watch = "none"
prompt = "do it"
"#,
    );
    let up = fleet.ao(&["up"]);
    assert_eq!(up.code, 1, "{up:?}");
    assert!(up.err.contains("brief"), "{up:?}");
}
