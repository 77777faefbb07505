use super::*;

fn words(line: &str) -> Vec<OsString> {
    line.split(' ')
        .map(|w| OsString::from(w.trim_matches('_')))
        .collect()
}

fn config_of(line: &str) -> Option<String> {
    let cli = parse(words(line)).expect("a valid command line");
    cli.global.config.map(|p| p.display().to_string())
}

#[test]
fn the_definitions_hold_together() {
    Cli::command().debug_assert();
}

#[test]
fn config_may_stand_anywhere_and_the_first_counts() {
    for (line, config) in [
        ("ao status", None),
        ("ao --config a status", Some("a")),
        ("ao status --config a", Some("a")),
        ("ao status --config=a --json", Some("a")),
        ("ao --config a status --config b", Some("a")),
        ("ao --config=a --config b --config=c status", Some("a")),
        ("ao --config a", Some("a")),
        ("ao logs --config a worker -n 3", Some("a")),
        ("ao --config --json status", Some("--json")),
        ("ao --config up status", Some("up")),
        ("ao --config=a=b status", Some("a=b")),
        ("ao up --config a -- --config", Some("a")),
    ] {
        assert_eq!(config_of(line).as_deref(), config, "{line}");
    }
}

#[test]
fn config_without_a_path_is_a_usage_error() {
    for line in [
        "ao --config",
        "ao status --config",
        "ao status --config=",
        "ao --config __ up",
    ] {
        let error = parse(words(line)).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
        assert!(
            error.to_string().contains("--config <PATH>"),
            "{line}: {error}"
        );
    }
}

#[test]
fn what_stands_after_two_dashes_belongs_to_the_command_that_is_run() {
    let cli = parse(words("ao internal client --parent 7 -- tmux --config x -C")).expect("valid");
    let Some(Verb::Internal(InternalArgs {
        verb: Internal::Client { parent, argv, .. },
    })) = cli.verb
    else {
        panic!("not the client verb: {:?}", cli.verb);
    };
    assert_eq!((parent, argv), (7, words("tmux --config x -C")));
    assert!(cli.global.config.is_none());
}

#[test]
fn usage_errors_are_told_and_never_taken_for_names() {
    for line in [
        "ao frobnicate",
        "ao status --jsn",
        "ao up --force",
        "ao restart",
        "ao attach",
        "ao attach a b",
        "ao logs",
        "ao logs a -n",
        "ao logs a -n many",
        "ao logs a -n -1",
        "ao demo --agents 0",
        "ao demo --agents 501",
        "ao demo --for soon",
        "ao completions tcl",
        "ao check x",
        "ao internal client --parent 7",
    ] {
        let error = parse(words(line)).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn a_path_need_not_be_unicode() {
    use std::os::unix::ffi::OsStringExt;
    let path = OsString::from_vec(b"/tmp/\xff.toml".to_vec());
    let joined = OsString::from_vec(b"--config=/tmp/\xff.toml".to_vec());
    for args in [
        vec!["ao".into(), "--config".into(), path.clone()],
        vec!["ao".into(), joined],
    ] {
        let cli = parse(args).expect("valid");
        assert_eq!(cli.global.config.as_deref(), Some(path.as_ref()));
    }
}

#[test]
fn no_verb_is_no_error() {
    assert!(parse(words("ao")).expect("valid").verb.is_none());
}

proptest::proptest! {
    #[test]
    fn no_arguments_panic(args in proptest::collection::vec("(--config|--config=|--|up|status|-n|[ -~]{0,6})", 0..6)) {
        let _ = parse(args.into_iter().map(OsString::from));
    }
}
