//! Backends that presets stand for.

use super::*;
use crate::config::{Agent, Delivery};

fn agent(fleet: &Fleet) -> &Agent {
    &fleet.agents[0]
}

fn with(text: &str) -> String {
    format!("{BASICS}{text}")
}

#[test]
fn a_preset_is_a_backend_without_a_table() {
    for preset in crate::preset::builtin_names() {
        let fleet = clean(&with(&format!(
            "[[agent]]\nname = \"a\"\nbackend = \"{preset}\"\nprompt = \"x\"\n"
        )));
        let backend = &agent(&fleet).backend;
        assert_eq!(backend.name, preset);
        assert_eq!(backend.preset.as_ref().expect("a preset").name, preset);
        assert!(!backend.bin.is_empty(), "{preset}");
        assert_eq!(fleet.backends.len(), 1);
    }
}

#[test]
fn a_table_goes_before_its_preset_and_a_table_without_one_has_none() {
    let fleet = clean(&with(
        "[backend.mine]\npreset = \"claude\"\nbin = \"mine\"\nprompt_delivery = \"ping\"\n\
         active_re = \"busy\"\nsupports_resume = false\nenv = { X = \"1\" }\n\
         [[agent]]\nname = \"a\"\nbackend = \"mine\"\nprompt = \"x\"\n",
    ));
    let backend = &agent(&fleet).backend;
    assert_eq!(
        (backend.bin.as_str(), backend.delivery),
        ("mine", Delivery::Ping)
    );
    assert!(!backend.supports_resume && backend.active_re.is_some());
    assert!(backend.session_id_flag.is_none(), "nothing can be resumed");
    assert_eq!(agent(&fleet).env.get("X"), Some("1"));
    assert!(backend.preset.is_some());
    let fleet = clean(&with(
        "[backend.claude]\nbin = \"claude\"\n\
         [[agent]]\nname = \"a\"\nbackend = \"claude\"\nprompt = \"x\"\n",
    ));
    let backend = &agent(&fleet).backend;
    assert!(backend.preset.is_none() && backend.process_name.is_none());
    assert!(!backend.supports_resume, "the predecessor's default");
}

#[test]
fn a_preset_that_nobody_uses_is_no_declared_backend() {
    let fleet = clean(&with(
        "defaults.backend = \"codex\"\n[backend.b]\nbin = \"b\"\n\
         [[agent]]\nname = \"a\"\nbackend = \"b\"\nprompt = \"x\"\n",
    ));
    let names: Vec<&str> = fleet.backends.keys().map(String::as_str).collect();
    assert_eq!(names, ["b"]);
}

#[test]
fn a_preset_that_is_not_there_is_an_error_with_the_nearest_name() {
    let loaded = load(&with(
        "[backend.b]\npreset = \"cloude\"\n[[agent]]\nname = \"a\"\nbackend = \"b\"\nprompt = \"x\"\n",
    ));
    let told = rendered(&loaded.diagnostics);
    assert!(told.contains("there is no preset \"cloude\""), "{told}");
    assert!(told.contains("did you mean \"claude\"?"), "{told}");
    let loaded = load(&with(
        "[[agent]]\nname = \"a\"\nbackend = \"codx\"\nprompt = \"x\"\n",
    ));
    let told = rendered(&loaded.diagnostics);
    assert!(told.contains("did you mean `codex`?"), "{told}");
}

#[test]
fn answers_are_those_of_the_agent_then_its_backend_then_the_defaults() {
    let presets = "name = \"p\"\nabout = \"p\"\n[backend]\nbin = \"p\"\n[dialogs.trust]\nyes = [\"Yes\"]\n[dialogs.key]\n";
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("presets")).expect("made");
    std::fs::write(dir.path().join("presets/p.toml"), presets).expect("written");
    let text = with(
        "defaults.answer = { trust = \"no\", key = \"no\" }\n\
         [backend.b]\npreset = \"p\"\nanswer = { trust = \"yes\" }\n\
         [[agent]]\nname = \"a\"\nbackend = \"b\"\nprompt = \"x\"\n\
         [[agent]]\nname = \"c\"\nbackend = \"b\"\nprompt = \"x\"\nanswer = { trust = \"later\" }\n",
    );
    let loaded = load_in(dir.path(), &text, &Overrides::default());
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        rendered(&loaded.diagnostics)
    );
    let fleet = loaded.fleet.expect("a fleet");
    let answers = |index: usize| -> Vec<_> { fleet.agents[index].answers.iter().collect() };
    assert_eq!(answers(0), [("key", "no"), ("trust", "yes")]);
    assert_eq!(answers(1), [("trust", "later")]);
}

#[test]
fn an_answer_to_an_unknown_dialog_is_a_warning() {
    let loaded = load(&with(
        "[backend.b]\nbin = \"b\"\nanswer = { trust = \"yes\" }\n\
         [[agent]]\nname = \"a\"\nbackend = \"b\"\nprompt = \"x\"\n",
    ));
    let told = rendered(&loaded.diagnostics);
    assert!(
        told.contains("names the dialog `trust`, which no preset here knows"),
        "{told}"
    );
    assert!(loaded.fleet.is_some_and(|fleet| fleet.agents.len() == 1));
}

#[test]
fn a_preset_beside_the_config_is_read_and_a_broken_one_is_told_with_its_place() {
    let dir = tempfile::tempdir().expect("a directory");
    let presets = dir.path().join("presets");
    std::fs::create_dir(&presets).expect("made");
    let good = "name = \"own\"\nabout = \"mine\"\n[backend]\nbin = \"own\"\n[[sign]]\nname = \"x\"\nstate = \"working\"\nline = 'busy'\nevidence = \"seen\"\n";
    std::fs::write(presets.join("own.toml"), good).expect("written");
    std::fs::write(presets.join("notes.txt"), "no preset").expect("written");
    for (name, text, told_as) in [
        (
            "bad.toml",
            "name = \"bad\"\nabout = \"b\"\n[[sign]]\nname = \"x\"\nstate = \"working\"\nline = '('\nevidence = \"s\"\n",
            "bad.toml:6:",
        ),
        (
            "other.toml",
            "name = \"x\"\nabout = \"b\"\n",
            "give the file and the preset one name",
        ),
        (
            "keys.toml",
            "name = \"keys\"\nabout = \"b\"\nbon = 1\n",
            "unknown field",
        ),
    ] {
        std::fs::write(presets.join(name), text).expect("written");
        let config = with("[[agent]]\nname = \"a\"\nbackend = \"own\"\nprompt = \"x\"\n");
        let loaded = load_in(dir.path(), &config, &Overrides::default());
        let told = rendered(&loaded.diagnostics);
        assert!(told.contains(told_as), "{told}");
        let fleet = loaded.fleet.expect("a fleet");
        assert_eq!(agent(&fleet).backend.bin, "own");
        assert!(
            fleet.env_files.contains(&presets.join("own.toml")),
            "it is watched"
        );
        std::fs::remove_file(presets.join(name)).expect("removed");
    }
}
