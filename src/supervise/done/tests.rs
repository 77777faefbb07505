//! Statements about status files. The numbers are those of the predecessor's behaviours.

use proptest::prelude::*;

use super::*;

fn of(text: &str) -> Done {
    done(text, "## DONE")
}

#[test]
fn s065_a_marker_with_a_text_under_it_is_done() {
    for text in [
        "## DONE\nAll gates pass.",
        "# Status\n\nsome words\n\n## DONE\n\n\n- gate 1: pass\n",
        "\u{feff}## DONE\nyes",
        "## DONE\r\nyes\r\n",
        "## DONE\ryes",
        "## DONE\n### Evidence\n",
        "## DONE\n#hashtag",
        "## DONE\n**All** gates pass",
        "## DONE\n- [ ] a follow-up",
        "## DONE\nNASA confirmed",
        "## DONE\nNational grid is up",
        "## DONE\nappending works",
        "## DONE\npendings are gone",
        "## DONE\n2. every gate",
        "## DONE\n✅",
        "## DONE\n```\nall 12 pass\n```\n",
    ] {
        assert_eq!(of(text), Done::Yes, "{text:?}");
    }
}

#[test]
fn s065_each_placeholder_is_not_done() {
    for text in [
        "not yet",
        "Not yet.",
        "   NOT YET",
        "not done",
        "not complete",
        "not completed, see below",
        "incomplete",
        "pending",
        "Pending review",
        "pending: the adversary",
        "tbd",
        "TBD.",
        "na",
        "n/a",
        "N/A (no gates)",
        "written here only when every gate passed",
        "only when all gates pass",
        "to be written",
        "to be filled in by the builder",
        "when all gates pass",
        "<date and commit>",
        "<!-- the builder writes this -->",
        "< x > y",
    ] {
        assert_eq!(of(&format!("## DONE\n{text}\n")), Done::No, "{text:?}");
        assert_eq!(
            of(&format!("## DONE\n\n \t\n{text}\nAll pass")),
            Done::No,
            "{text:?}"
        );
    }
}

#[test]
fn s066_a_placeholder_may_be_bulleted_numbered_or_emphasised() {
    for text in [
        "- not yet",
        "* TBD",
        "+ pending",
        "• n/a",
        "1. pending",
        "12) not done",
        "- [ ] not yet",
        "- [x] not yet",
        "> not yet",
        "> - not yet",
        "_not yet_",
        "**TBD**",
        "***pending***",
        "**not** yet",
        "~~incomplete~~",
        "`TBD`",
        "(pending)",
        "[pending]",
        "\"not yet\"",
        "— not yet",
        "not\u{a0}yet",
        "not  yet",
        "- <commit>",
        "*<commit>*",
        "<!--",
        "```\nnot yet\n```",
        "---\nnot yet",
    ] {
        assert_eq!(of(&format!("## DONE\n{text}\n")), Done::No, "{text:?}");
    }
}

#[test]
fn s066_a_marker_with_nothing_after_it_is_bare() {
    for text in [
        "## DONE",
        "## DONE\n",
        "## DONE \t\n\n\n",
        "## DONE: 2026-11-23\n",
        "words\n## DONE",
        "## DONE\n---\n",
        "## DONE\n- \n",
        "## DONE\n```\n```\n",
        "## DONE\n## Notes\nnot a part of it",
        "## DONE\n\n# Another file\n",
        "## DONE\n##\n",
    ] {
        assert_eq!(of(text), Done::Bare, "{text:?}");
    }
}

#[test]
fn s065_the_marker_starts_its_line_and_case_counts() {
    for text in [
        "",
        " ## DONE\nyes",
        "# DONE\nyes",
        "## done\nyes",
        "### DONE\nyes",
        "x ## DONE\nyes",
    ] {
        assert_eq!(of(text), Done::No, "{text:?}");
    }
}

#[test]
fn s066_a_line_that_goes_on_in_words_is_not_the_marker() {
    for line in [
        "## DONE criteria",
        "## DONE when all gates pass",
        "## DONE\twhen",
        "## DONEISH",
        "## DONE_WHEN",
        "## DONE-criteria",
        "## DONE2",
        "## DONE 3 of 5",
        "## DONE?",
        "## DONE ☐",
        "## DONE ❌ gate 3",
        "## DONE: criteria",
        "## DONE (criteria)",
        "## DONE — when all gates pass",
        "## DONE: if the adversary agrees",
        "## DONE: not yet",
        "## DONE (pending)",
        "## DONE — TBD",
        "## DONE: <date>",
        "## DONE: **n/a**",
        "## DONE 完了",
    ] {
        assert_eq!(
            of(&format!("{line}\nAll gates pass.\n")),
            Done::No,
            "{line}"
        );
    }
    for line in [
        "## DONE",
        "## DONE   ",
        "## DONE:",
        "## DONE.",
        "## DONE!",
        "## DONE ✅",
        "## DONE ✅ all pass",
        "## DONE — 2026-11-23",
        "## DONE - 2026-11-23",
        "## DONE 2026-11-23 by builder",
        "## DONE (2026-11-23T10:00Z)",
        "## DONE: all gates pass",
        "## DONE ##",
        "## DONE**",
    ] {
        assert_eq!(
            of(&format!("{line}\nAll gates pass.\n")),
            Done::Yes,
            "{line}"
        );
    }
}

#[test]
fn s066_a_marker_inside_a_code_fence_does_not_count() {
    for text in [
        "```\n## DONE\nyes\n```\n",
        "~~~\n## DONE\nyes\n~~~\n",
        "```md\n## DONE\nyes\n```",
        "   ```\n## DONE\nyes\n   ```",
        "````\n```\n## DONE\nyes\n````",
        "```\n~~~\n## DONE\nyes\n```",
        "```\n``` not the end\n## DONE\nyes\n```",
        "```\n## DONE\nnever closed",
    ] {
        assert_eq!(of(text), Done::No, "{text:?}");
    }
    for text in [
        "```\nx\n```\n## DONE\nyes",
        "```\nx\n`````  \n## DONE\nyes",
        "``` a`b\n## DONE\nyes",
        "    ```\n## DONE\nyes",
        "``\n## DONE\nyes",
    ] {
        assert_eq!(of(text), Done::Yes, "{text:?}");
    }
}

#[test]
fn s065_every_line_with_the_marker_is_tried() {
    assert_eq!(of("## DONE\nnot yet\n\n## DONE\nAll pass\n"), Done::Yes);
    assert_eq!(of("## DONE\nAll pass\n\n## DONE\nnot yet\n"), Done::Yes);
    assert_eq!(of("## DONE\nnot yet\n## DONE\n"), Done::Bare);
    assert_eq!(
        of("## DONE criteria\nall pass\n## DONE\nnot yet\n"),
        Done::No
    );
}

#[test]
fn a_marker_of_one_s_own_counts_as_the_usual_one_does() {
    for (marker, line, expected) in [
        ("DONE:", "DONE: all gates pass", Done::Yes),
        ("DONE:", "DONE: not yet", Done::No),
        ("DONE:", "DONE: when all pass", Done::No),
        ("STATUS: DONE", "STATUS: DONE", Done::Yes),
        ("STATUS: DONE", "STATUS: DONE soon", Done::No),
        ("[x]", "[x] everything", Done::Yes),
        ("完了", "完了", Done::Yes),
        ("", "anything", Done::No),
        (" ", " anything", Done::No),
    ] {
        assert_eq!(
            done(&format!("{line}\nbody"), marker),
            expected,
            "{marker:?} {line:?}"
        );
    }
    assert_eq!(
        done("DONE\n# Notes\n", "DONE"),
        Done::Yes,
        "a plain marker has no section"
    );
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "## DONE", "```", "~~~~", "", "not yet", "All pass", "## Notes", "- ", "---", "## DONE criteria",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

proptest! {
    #[test]
    fn any_text_and_any_marker_are_read_without_a_panic(text in ".{0,200}", marker in ".{0,12}") {
        let _ = done(&text, &marker);
        let _ = done(&format!("{marker}{text}"), &marker);
    }

    #[test]
    fn what_is_put_inside_a_fence_never_counts(lines in prop::collection::vec(line(), 0..12)) {
        let text = lines.join("\n");
        prop_assert_eq!(of(&format!("`````````````\n{text}\n`````````````\n")), Done::No);
    }

    #[test]
    fn a_closed_fence_in_front_changes_nothing(lines in prop::collection::vec(line(), 0..12)) {
        let text = lines.join("\n");
        prop_assert_eq!(of(&format!("```\n## DONE\nyes\n```\n{text}")), of(&text));
    }

    #[test]
    fn what_is_done_stays_so_when_something_is_added(lines in prop::collection::vec(line(), 0..12), more in line()) {
        let text = lines.join("\n");
        if of(&text) == Done::Yes {
            prop_assert_eq!(of(&format!("{text}\n{more}")), Done::Yes);
        }
    }
}
