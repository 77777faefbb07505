//! Variables: four levels, and a file below the table at each.

use std::fs;

use super::*;

/// A project on disk with these files, and its config.
fn project(files: &[(&str, &str)], config: &str) -> (tempfile::TempDir, Loaded) {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(dir.path().join(name), content).unwrap();
    }
    let loaded = load_in(dir.path(), config, &Overrides::default());
    (dir, loaded)
}

#[test]
fn a_later_level_wins_and_a_table_wins_over_its_file() {
    let files = [
        (
            "d.env",
            "A=d-file\nB=d-file\nC=d-file\nD=d-file\nE=d-file\nF=d-file\n",
        ),
        ("b.env", "C=b-file\nD=b-file\nE=b-file\nF=b-file\n"),
        ("a.env", "E=a-file\nF=a-file\n"),
    ];
    let config = r#"
[defaults]
session_prefix = "p-"
log_dir = "logs"
env_file = "d.env"
env = { B = "d-table" }
[backend.b]
bin = "x"
env_file = "b.env"
env = { D = "b-table" }
[[agent]]
name = "a"
backend = "b"
env_file = "a.env"
env = { F = "a-table" }
[[service]]
name = "s"
command = "x"
env = { B = 1, C = 1.5, D = true }
"#;
    let (_dir, loaded) = project(&files, config);
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        rendered(&loaded.diagnostics)
    );
    let fleet = loaded.fleet.unwrap();
    assert_eq!(
        fleet.env_files.len(),
        3,
        "a change of one is a change of the config"
    );
    let env: Vec<_> = fleet.agent("a").unwrap().env.iter().collect();
    assert_eq!(
        env,
        [
            ("A", "d-file"),
            ("B", "d-table"),
            ("C", "b-file"),
            ("D", "b-table"),
            ("E", "a-file"),
            ("F", "a-table")
        ]
    );
    let env: Vec<_> = fleet.service("s").unwrap().env.iter().collect();
    assert_eq!(
        env,
        [
            ("A", "d-file"),
            ("B", "1"),
            ("C", "1.5"),
            ("D", "true"),
            ("E", "d-file"),
            ("F", "d-file")
        ]
    );
}

#[test]
fn a_file_that_is_missing_or_wrong_fails_whoever_names_it() {
    let config = |file: &str| {
        format!(
            "{BASICS}[backend.b]\nbin = \"x\"\n[[agent]]\nname = \"a\"\nbackend = \"b\"\nenv_file = \"{file}\"\n\
             [[agent]]\nname = \"ok\"\nbackend = \"b\"\n"
        )
    };
    let (_dir, loaded) = project(&[], &config("none.env"));
    assert!(
        brief(&loaded)[0].starts_with("8:12 error: the env_file "),
        "{:?}",
        brief(&loaded)
    );
    assert_eq!(loaded.fleet.unwrap().broken.len(), 1);

    let (dir, loaded) = project(&[("x.env", "A=1\nhush hush\n")], &config("x.env"));
    let found = &loaded.diagnostics[0];
    assert_eq!(found.path, dir.path().canonicalize().unwrap().join("x.env"));
    assert_eq!(found.place.as_ref().unwrap().line, 2);
    assert!(
        !found.to_string().contains("hush"),
        "a file of secrets is not shown"
    );
    assert!(loaded.fleet.unwrap().agent("ok").is_some());

    let (_dir, loaded) = project(&[], &config("."));
    assert!(
        brief(&loaded)[0].ends_with("it is not a file"),
        "{:?}",
        brief(&loaded)
    );
}

#[test]
fn a_pipe_is_never_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    let config = BASICS.replace(
        "defaults.log_dir",
        "defaults.env_file = \"pipe\"\ndefaults.log_dir",
    );
    let loaded = load_in(dir.path(), &config, &Overrides::default());
    assert!(
        brief(&loaded)[0].ends_with("it is not a file"),
        "{:?}",
        brief(&loaded)
    );
}

#[test]
fn what_ao_sets_itself_cannot_be_set() {
    let config = format!(
        "{BASICS}[[service]]\nname = \"s\"\ncommand = \"x\"\nenv = {{ AO_AGENT = \"y\", B = \"1\" }}\n"
    );
    let loaded = load(&config);
    assert_eq!(errors(&loaded), 0);
    assert_eq!(loaded.diagnostics.len(), 1);
    let fleet = loaded.fleet.unwrap();
    assert_eq!(fleet.services[0].env.get("AO_AGENT"), None);
    assert_eq!(fleet.services[0].env.get("B"), Some("1"));
}

#[test]
fn debug_output_has_no_values() {
    let fleet = clean(&format!(
        "{BASICS}[[service]]\nname = \"s\"\ncommand = \"x\"\nenv.TOKEN = \"hush\"\n"
    ));
    let shown = format!("{:?}", fleet.services[0]);
    assert!(shown.contains("TOKEN") && !shown.contains("hush"));
}
