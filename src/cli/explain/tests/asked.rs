//! The end of the night: dialogs, a full conversation, a cap.

use std::time::Duration;

use crate::supervise::{Answered, Cause, Fact, Reply, Source, UnitName};

/// What happened then.
pub(super) fn dialogs() -> Vec<(&'static str, Fact)> {
    let unit = || UnitName::new("worker");
    let answer = |reply| Fact::Answer {
        unit: unit(),
        dialog: "trust".into(),
        reply,
    };
    let result = |answered| answer(Reply::Result(answered));
    let row = "You're out of usage credits";
    vec![
        ("23:59:05", answer(Reply::Begins)),
        (
            "23:59:05",
            result(Answered::Waits("somebody is typing there".into())),
        ),
        ("23:59:05", result(Answered::Gone("Yes, proceed".into()))),
        ("23:59:05", result(Answered::Stands("Yes".into()))),
        (
            "23:59:05",
            result(Answered::Failed("no option is labelled \"Yes\"".into())),
        ),
        ("23:59:05", answer(Reply::Unknown)),
        ("23:59:05", answer(Reply::LeftToPerson)),
        (
            "23:59:06",
            Fact::Restart {
                unit: unit(),
                attempt: 1,
                delay: Duration::ZERO,
                cause: Cause::Full(vec!["Prompt is too long".into()]),
            },
        ),
        (
            "23:59:07",
            Fact::Hold {
                unit: unit(),
                account: None,
                until: None,
                source: Source::Cap,
                rows: vec![row.into()],
            },
        ),
        (
            "23:59:08",
            Fact::Lifted {
                unit: unit(),
                account: None,
                how: "it works again".into(),
            },
        ),
    ]
}
