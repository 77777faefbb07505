//! What is read at a start: prompts, resume ids, the phase.

use std::fs;

use super::super::start::{current_phase, read_prompt, read_resume_id};
use super::*;

/// A project on disk with these files (directories are made), and its fleet.
fn project(files: &[(&str, &[u8])], config: &str) -> (tempfile::TempDir, Fleet) {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let text = format!("{BASICS}[backend.b]\nbin = \"x\"\nsupports_resume = true\n{config}");
    let loaded = load_in(dir.path(), &text, &Overrides::default());
    assert_eq!(errors(&loaded), 0, "{}", rendered(&loaded.diagnostics));
    (dir, loaded.fleet.unwrap())
}

const LOOP: &str = r#"
[[agent]]
name = "a"
kind = "loop"
role = "r"
backend = "b"
[loop]
kickoff_template = "t.md"
[[loop.phases]]
id = "{plan}"
status = "S.md"
plan = "p"
[[loop.phases]]
id = "2"
status = "T.md"
"#;

#[test]
fn a_loop_prompt_is_the_template_with_its_slots_and_then_the_role_verbatim() {
    let files: [(&str, &[u8]); 2] = [
        (
            "t.md",
            b"{phase_id} {plan} {status} {role} {other} {{role}}\n",
        ),
        ("prompts/r.md", b"I am {role}.\n"),
    ];
    let (_dir, fleet) = project(&files, LOOP);
    let agent = fleet.agent("a").unwrap();
    let phases = &fleet.loop_.as_ref().unwrap().phases;
    let read = read_prompt(agent, Some(&phases[0])).unwrap();
    assert_eq!(
        read.value, "{plan} p S.md r {other} {r}\nI am {role}.\n",
        "no value is filled again"
    );
    assert!(read.warnings.is_empty());
    let read = read_prompt(agent, Some(&phases[1])).unwrap();
    assert_eq!(read.value, "2  T.md r {other} {r}\nI am {role}.\n");
    let read = read_prompt(agent, None).unwrap();
    assert_eq!(read.value, "   r {other} {r}\nI am {role}.\n");
}

#[test]
fn a_prompt_file_that_is_missing_is_named() {
    let (_dir, fleet) = project(
        &[],
        "[[agent]]\nname = \"a\"\nbackend = \"b\"\nprompt_file = \"none.md\"\n",
    );
    let error = read_prompt(fleet.agent("a").unwrap(), None).unwrap_err();
    assert!(error.to_string().contains("none.md"), "{error}");
    assert!(error.to_string().contains("hint: "), "{error}");
    let (_dir, fleet) = project(&[("t.md", b"x")], LOOP);
    let error = read_prompt(fleet.agent("a").unwrap(), None).unwrap_err();
    assert!(error.to_string().contains("prompts/r.md"), "{error}");
}

#[test]
fn odd_bytes_in_a_prompt_are_replaced_with_a_warning() {
    let (_dir, fleet) = project(
        &[("p.md", b"a\xffb\0c\n")],
        "[[agent]]\nname = \"a\"\nbackend = \"b\"\nprompt_file = \"p.md\"\n",
    );
    let read = read_prompt(fleet.agent("a").unwrap(), None).unwrap();
    assert_eq!(read.value, "a\u{fffd}b\u{fffd}c\n");
    assert_eq!(read.warnings.len(), 2);
}

#[test]
fn a_prompt_has_a_bound() {
    let huge = vec![b'x'; 64 * 1024 * 1024 + 1];
    let agent = "[[agent]]\nname = \"a\"\nbackend = \"b\"\nprompt_file = \"p.md\"\n";
    let (_dir, fleet) = project(&[("p.md", &huge)], agent);
    assert!(read_prompt(fleet.agent("a").unwrap(), None).is_err());
    let (_dir, fleet) = project(&[("p.md", &huge[1..])], agent);
    assert_eq!(
        read_prompt(fleet.agent("a").unwrap(), None)
            .unwrap()
            .value
            .len(),
        64 * 1024 * 1024
    );
}

#[test]
fn an_inline_prompt_and_none_at_all_are_prompts() {
    let (_dir, fleet) = project(
        &[],
        "[[agent]]\nname = \"a\"\nbackend = \"b\"\nprompt = \"x\\n\"\n[[agent]]\nname = \"n\"\nbackend = \"b\"\n",
    );
    assert_eq!(
        read_prompt(fleet.agent("a").unwrap(), None).unwrap().value,
        "x\n"
    );
    assert_eq!(
        read_prompt(fleet.agent("n").unwrap(), None).unwrap().value,
        ""
    );
}

#[test]
fn a_resume_id_is_read_stripped_and_checked() {
    let agent = "[[agent]]\nname = \"a\"\nbackend = \"b\"\nresume = true\n";
    let long = "x".repeat(129);
    for (content, id, warnings) in [
        (" 0a-B_.9 \n", Some("0a-B_.9"), 0),
        ("", None, 0),
        (" \n", None, 0),
        ("a b", None, 1),
        ("$(x)", None, 1),
        ("'", None, 1),
        (long.as_str(), None, 1),
    ] {
        let (_dir, fleet) = project(&[("logs/state/a.id", content.as_bytes())], agent);
        let read = read_resume_id(&fleet, fleet.agent("a").unwrap());
        assert_eq!(read.value.as_ref().map(|id| id.as_str()), id, "{content:?}");
        assert_eq!(read.warnings.len(), warnings, "{content:?}");
    }
    let (_dir, fleet) = project(&[], agent);
    let read = read_resume_id(&fleet, fleet.agent("a").unwrap());
    assert_eq!((read.value, read.warnings.len()), (None, 0));
    let (_dir, fleet) = project(
        &[("logs/state/a.id", b"x")],
        &agent.replace("true", "false"),
    );
    assert_eq!(
        read_resume_id(&fleet, fleet.agent("a").unwrap()).value,
        None
    );
}

#[test]
fn the_phase_is_the_number_in_its_file_within_bounds() {
    for (content, index, warnings) in [
        ("0", 0, 0),
        ("1\n", 1, 0),
        (" 1 ", 1, 0),
        ("", 0, 0),
        ("99", 1, 1),
        ("-1", 0, 1),
        ("99999999999999999999999999", 1, 1),
        ("--1", 0, 1),
        ("\u{b2}", 0, 1),
        ("x", 0, 1),
    ] {
        let (_dir, fleet) = project(&[("logs/state/phase-idx", content.as_bytes())], LOOP);
        let read = current_phase(&fleet);
        assert_eq!(
            read.value.map(|(index, _)| index),
            Some(index),
            "{content:?}"
        );
        assert_eq!(read.warnings.len(), warnings, "{content:?}");
    }
    let (_dir, fleet) = project(&[], LOOP);
    assert_eq!(current_phase(&fleet).value.unwrap().1.status, "S.md");
    let (_dir, fleet) = project(&[], "");
    assert_eq!(current_phase(&fleet).value, None);
}
