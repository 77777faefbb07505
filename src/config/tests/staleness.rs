//! What makes a running agent stale, and what only counts once.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::predecessor::EVERYTHING;
use super::*;

#[test]
fn a_digest_changes_with_what_a_start_depends_on_and_with_nothing_else() {
    let digest = |text: &str| {
        let fleet = fleet(text);
        fleet.agent("builder").unwrap().digest(None)
    };
    let before = digest(EVERYTHING);
    for (from, to) in [
        ("bin = \"claude\"", "bin = \"claude2\""),
        ("base-model", "better-model"),
        ("flags = \"--d", "flags = \"-v --d"),
        ("kickoff.md", "kickoff2.md"),
        ("role = \"builder\"\nwatch", "role = \"adversary\"\nwatch"),
        (
            "resume = true\n\n[[agent]]",
            "resume = true\nenv.A = \"1\"\n[[agent]]",
        ),
        ("dir = \"src\"", "dir = \"src2\""),
        ("resume = true\n\n[[agent]]", "\n[[agent]]"),
    ] {
        assert!(EVERYTHING.contains(from), "{from}");
        assert_ne!(digest(&EVERYTHING.replacen(from, to, 1)), before, "{from}");
    }
    for (from, to) in [
        ("signal_interval = 20", "signal_interval = 21"),
        ("usage limit", "other limit"),
        ("watch = \"heal+stall\"", "watch = \"heal\""),
        ("prompt_delivery = \"ping\"", "prompt_delivery = \"arg\""),
        ("stall_idle = 400", "stall_idle = 500"),
    ] {
        assert!(EVERYTHING.contains(from), "{from}");
        assert_eq!(digest(&EVERYTHING.replacen(from, to, 1)), before, "{from}");
    }
    let fleet = clean(EVERYTHING);
    let phases = &fleet.loop_.as_ref().unwrap().phases;
    let builder = fleet.agent("builder").unwrap();
    assert_ne!(
        builder.digest(Some(&phases[0])),
        builder.digest(Some(&phases[1]))
    );
    let reporter = fleet.agent("reporter").unwrap();
    assert_ne!(reporter.digest(None), before);
}

#[test]
fn an_override_counts_for_one_load_and_makes_nothing_stale() {
    let pairs = [
        ("AGENT_MODEL_builder".into(), OsString::from("m2")),
        ("AGENT_BACKEND_builder".into(), OsString::from("tui")),
        ("AGENT_MODEL_lead".into(), OsString::new()),
        (
            "AGENT_MODEL_adversary".into(),
            OsString::from_vec(vec![0xff]),
        ),
        ("PATH".into(), OsString::from("/bin")),
    ];
    let overrides = Overrides::from_environment(pairs);
    let loaded = load_with(EVERYTHING, &overrides);
    assert_eq!(
        brief(&loaded),
        ["- warning: the variable AGENT_MODEL_adversary is not UTF-8; it has no effect"]
    );
    let (fleet, plain) = (loaded.fleet.unwrap(), clean(EVERYTHING));
    let builder = fleet.agent("builder").unwrap();
    assert_eq!(builder.model.as_deref(), Some("m2"));
    assert_eq!(builder.backend.name, "tui");
    assert_eq!(
        builder.digest(None),
        plain.agent("builder").unwrap().digest(None)
    );
    assert_eq!(
        fleet.agent("lead").unwrap().model.as_deref(),
        Some("base-model")
    );
    assert_eq!(
        fleet.agent("adversary").unwrap().model.as_deref(),
        Some("other-model")
    );
}
