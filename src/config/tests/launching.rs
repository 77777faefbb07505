//! What a start runs, by the three ways of delivery; with a real shell where its words matter.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;
use std::time::Duration;

use super::super::launch::{Conversation, Launch, LaunchInput, launch, launch_service};
use super::super::loops::Phase;
use super::super::names::ResumeId;
use super::*;

fn config(backend: &str, agent: &str) -> String {
    format!(
        "{BASICS}[backend.b]\nbin = \"prog\"\n{backend}\n[[agent]]\nname = \"a\"\nbackend = \"b\"\n{agent}\n"
    )
}

fn start_with(backend: &str, agent: &str, change: impl FnOnce(&mut LaunchInput<'_>)) -> Launch {
    let text = config(backend, agent).replace("bin = \"prog\"\nbin", "bin");
    let fleet = clean(&text);
    let agent = &fleet.agents[0];
    let mut input = LaunchInput {
        phase: None,
        prompt: "do it".to_owned(),
        kickoff_path: fleet.kickoff_file(&agent.session),
        conversation: Conversation::Unnamed,
        program: Some(PathBuf::from("/opt/ao")),
    };
    change(&mut input);
    launch(agent, &input)
}

fn start(backend: &str, agent: &str) -> Launch {
    start_with(backend, agent, |_| {})
}

fn line(launch: &Launch) -> &str {
    std::str::from_utf8(&launch.line).unwrap()
}

fn resumed(id: &str) -> Conversation {
    Conversation::Resumed(ResumeId::new(id).unwrap())
}

const KICKOFF: &str = "/project/logs/state/kickoff-p-a.txt";

#[test]
fn arg_hands_the_prompt_over_as_the_last_argument() {
    let plain = start("", "");
    assert_eq!(line(&plain), format!("prog \"$(cat '{KICKOFF}')\""));
    assert_eq!(plain.kickoff.as_deref(), Some(b"do it".as_slice()));
    assert_eq!(plain.typed, None);
    assert_eq!(plain.summary, "b, kind=persistent, phase=-, model=default");
    let backend = "flags = \"-x --y\"\nremote_control = true\nsupports_resume = true";
    let full = start_with(backend, "model = \"m\"\nresume = true", |input| {
        input.conversation = resumed("0a-b");
    });
    let expected = format!(
        "prog --resume '0a-b' --remote-control 'p-a' --model 'm' -x --y \"$(cat '{KICKOFF}')\""
    );
    assert_eq!(line(&full), expected);
    assert_eq!(full.summary, "b, kind=persistent, phase=-, model=m, resume");
    assert!(full.resumed && !plain.resumed);
}

#[test]
fn a_new_conversation_is_given_its_id_where_an_old_one_s_would_stand() {
    let with_id = |backend: &str, agent: &str| {
        start_with(backend, agent, |input| {
            input.conversation = Conversation::New(ResumeId::new("0a-b").unwrap());
        })
    };
    let flag = "remote_control = true\nsession_id_flag = \"--session-id '{id}'\"";
    let backend = format!("{flag}\nsupports_resume = true");
    let named = with_id(&backend, "resume = true");
    let expected =
        format!("prog --session-id '0a-b' --remote-control 'p-a' \"$(cat '{KICKOFF}')\"");
    assert_eq!(line(&named), expected);
    assert!(!named.resumed && !named.summary.contains("resume"));
    for (backend, agent) in [
        (backend.as_str(), ""),
        ("supports_resume = true", "resume = true"),
    ] {
        assert!(
            !line(&with_id(backend, agent)).contains("0a-b"),
            "{backend} {agent}"
        );
    }
}

#[test]
fn a_backend_whose_resume_flag_is_empty_resumes_nothing() {
    let backend = "supports_resume = true\nresume_flag = \"\"";
    let launch = start_with(backend, "resume = true", |input| {
        input.conversation = resumed("id");
    });
    assert!(!launch.resumed && !line(&launch).contains("id"));
}

#[test]
fn an_id_is_used_only_when_agent_and_backend_ask_for_it() {
    let with_id = |backend: &str, agent: &str| {
        let launch = start_with(backend, agent, |input| {
            input.conversation = resumed("id");
        });
        line(&launch).contains("--resume")
    };
    assert!(with_id("supports_resume = true", "resume = true"));
    assert!(!with_id("supports_resume = true", ""));
    assert!(!with_id("", "resume = true"));
    assert!(!with_id(
        "supports_resume = true\nprompt_delivery = \"exec\"",
        "resume = true"
    ));
    assert!(!with_id(
        "supports_resume = true\nprompt_delivery = \"ping\"",
        "resume = true"
    ));
}

#[test]
fn exec_runs_the_command_with_its_slots() {
    let backend =
        "bin = \"run {kickoff} {session} --m={model} {other}\"\nprompt_delivery = \"exec\"";
    let started = start(backend, "model = \"m\"");
    assert_eq!(line(&started), format!("run {KICKOFF} p-a --m=m {{other}}"));
    assert_eq!(started.kickoff.as_deref(), Some(b"do it".as_slice()));
    assert_eq!(started.typed, None);
    assert_eq!(
        line(&start(backend, "")),
        format!("run {KICKOFF} p-a --m= {{other}}")
    );
}

#[test]
fn ping_runs_the_program_and_types_where_the_prompt_is() {
    let plain = start("prompt_delivery = \"ping\"", "");
    assert_eq!(line(&plain), "prog");
    let typed = plain.typed.unwrap();
    let text = std::str::from_utf8(&typed.text).unwrap();
    assert!(text.contains(&format!("cat '{KICKOFF}'")), "{text}");
    assert!(text.contains("now") && text.contains("exactly"), "{text}");
    assert_eq!(typed.submit_key.as_str(), "C-m");
    assert_eq!(typed.wait_at_most, Duration::from_secs(12));
    let full = start(
        "prompt_delivery = \"ping\"\npreamble = \"export A=1\"\nmodel_env = true\nserver = \"http://h:1\"\n\
         attach = \"{bin} attach {server} --dir {dir}\"\nsubmit_key = \"Enter\"\nconnect_delay = 3",
        "model = \"o'neil\"\ndir = \"my dir\"",
    );
    assert_eq!(
        line(&full),
        "export A=1; OPENCODE_CONFIG_CONTENT='{\"model\":\"o'\\''neil\"}' prog attach http://h:1 --dir '/project/my dir'"
    );
    assert_eq!(full.dir, Path::new("/project/my dir"));
    let typed = full.typed.unwrap();
    assert_eq!(
        (typed.submit_key.as_str(), typed.wait_at_most.as_secs()),
        ("Enter", 3)
    );
    let no_env = start("prompt_delivery = \"ping\"", "model = \"m\"");
    assert_eq!(
        line(&no_env),
        "prog",
        "the model is told only where the backend says so"
    );
}

#[test]
fn what_is_typed_is_one_line_without_control_characters() {
    let started = start("prompt_delivery = \"ping\"", "session = \"q'\\\"`$(x)\"");
    let typed = started.typed.unwrap();
    assert!(typed.text.iter().all(|byte| !byte.is_ascii_control()));
}

#[test]
fn a_loop_agent_says_its_phase_and_takes_its_model() {
    let phase = Phase {
        id: "ph1".to_owned(),
        status: "S.md".to_owned(),
        plan: None,
        models: [("r".to_owned(), "big".to_owned())].into(),
    };
    let text = config(
        "",
        "kind = \"loop\"\nrole = \"r\"\nmodel = \"small\"\n[loop]",
    );
    let fleet = clean(&text);
    let input = LaunchInput {
        phase: Some(&phase),
        prompt: String::new(),
        kickoff_path: PathBuf::from("/k"),
        conversation: Conversation::Unnamed,
        program: Some(PathBuf::from("/opt/ao")),
    };
    let started = launch(&fleet.agents[0], &input);
    assert_eq!(started.summary, "b, kind=loop, phase=ph1, model=big");
    assert!(line(&started).contains("--model 'big'"));
}

#[test]
fn a_service_runs_its_command_as_it_is() {
    let fleet = clean(&format!(
        "{BASICS}[[service]]\nname = \"s\"\ncommand = \"a | b > 'c d'\"\ndir = \"x\"\nenv.A = \"1\"\n"
    ));
    let started = launch_service(&fleet.services[0]);
    assert_eq!(line(&started), "a | b > 'c d'");
    assert_eq!(started.dir, Path::new("/project/x"));
    assert_eq!(started.env.get("A"), Some("1"));
    assert_eq!((started.kickoff, started.typed), (None, None));
}

/// Runs a start's line, where the program writes its last argument, and gives what it wrote.
fn arrives(dir: &Path, prompt: &str) -> Vec<u8> {
    let script = dir.join("last");
    if !script.exists() {
        fs::write(&script, "for last; do :; done\nprintf %s \"$last\"\n").unwrap();
    }
    let text = format!(
        "{BASICS}[backend.b]\nbin = \"sh last\"\n[[agent]]\nname = \"a\"\nbackend = \"b\"\nsession = \"it's $5 `x` #S\"\n"
    );
    let loaded = load_in(dir, &text, &Overrides::default());
    let fleet = loaded.fleet.unwrap();
    let agent = fleet.agent("a").unwrap();
    let kickoff_path = fleet.kickoff_file(&agent.session);
    let input = LaunchInput {
        phase: None,
        prompt: prompt.to_owned(),
        kickoff_path: kickoff_path.clone(),
        conversation: Conversation::Unnamed,
        program: Some(PathBuf::from("/opt/ao")),
    };
    let started = launch(agent, &input);
    fs::create_dir_all(kickoff_path.parent().unwrap()).unwrap();
    fs::write(&kickoff_path, started.kickoff.unwrap()).unwrap();
    let output = Command::new("/bin/sh")
        .arg("-c")
        .arg(OsStr::from_bytes(&started.line))
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

#[test]
fn a_prompt_arrives_whole_with_its_last_newlines() {
    let dir = tempfile::tempdir().unwrap();
    for prompt in [
        "",
        "a",
        "a\n",
        "a\n\n\n",
        "\n",
        "  a 'b' \"c\" $d `e` \\ \n f\n",
        "\u{e9}\u{1f600}\r\n",
    ] {
        assert_eq!(arrives(dir.path(), prompt), prompt.as_bytes(), "{prompt:?}");
    }
}

#[test]
fn a_prompt_as_long_as_an_argument_can_be_arrives_and_a_longer_one_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let longest = "x".repeat(128 * 1024 - 2) + "\n";
    assert_eq!(arrives(dir.path(), &longest), longest.as_bytes());
    let sentence = arrives(dir.path(), &format!("{longest}y"));
    let sentence = String::from_utf8(sentence).unwrap();
    assert!(
        sentence.len() < 1000 && sentence.contains("kickoff-it's $5 `x` #S.txt"),
        "{sentence}"
    );
}

#[test]
fn hooks_are_asked_for_only_where_the_config_says_so_and_the_preset_knows_how() {
    let preset = "preset = \"claude\"";
    let wanted = format!("{preset}\nhooks = true\nflags = \"-x\"");
    let started = start(&wanted, "");
    let line = line(&started);
    assert!(line.contains("'\\''/opt/ao'\\'' hook"), "{line}");
    assert!(line.find("--settings") < line.find(" -x "), "{line}");
    let without = start_with(&wanted, "", |input| input.program = None);
    for started in [start(preset, ""), without] {
        let line = String::from_utf8(started.line).unwrap();
        assert!(!line.contains("--settings"), "{line}");
    }
}

/// What the program gets as the command of its hooks, through a real shell.
fn hooked(program: &str) -> serde_json::Value {
    let backend = "preset = \"claude\"\nhooks = true";
    let started = start_with(backend, "", |input| {
        input.program = Some(PathBuf::from(program));
    });
    let mut line = b"prog() { printf %s \"$2\"; }; ".to_vec();
    let settings = started.line.windows(10).position(|at| at == b"--settings");
    let rest = &started.line[settings.expect("the flag")..];
    line.extend_from_slice(b"prog ");
    line.extend_from_slice(rest);
    let line = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&line);
    let output = Command::new("/bin/sh")
        .arg("-c")
        .arg(line)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn a_hook_reaches_this_program_wherever_it_is() {
    for path in [
        "/opt/ao",
        "/home/it's me/\"ao\" $HOME `x` \\/ao",
        "/größe/🦀/\u{7f}/ao",
        "/a{hook}b/{ao}",
    ] {
        let settings = hooked(path);
        let stop = &settings["hooks"]["Stop"][0]["hooks"][0];
        assert_eq!(stop["type"], "command");
        let command = stop["command"].as_str().expect("a command line");
        let line = format!("printf '%s|' {command}");
        let said = Command::new("/bin/sh").arg("-c").arg(line).output();
        let said = said.unwrap().stdout;
        assert_eq!(String::from_utf8(said).unwrap(), format!("{path}|hook|"));
    }
}
