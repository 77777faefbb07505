//! What a screen says in words that are the same for all programs.

use std::sync::LazyLock;

use regex::Regex;

use super::fact::Limit;
use super::reset::{reset_in, unframed};
use super::waiting::Waiting;

/// How many lines above the banner of a limit belong to it.
const NEAR: usize = 2;

/// What a screen says beside what the patterns find.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Said {
    pub(super) limit: Option<Limit>,
    pub(super) waiting: Option<Waiting>,
    pub(super) no_conversation: bool,
}

/// The whole line has to be about it: agents talk of sessions that were not found as well.
static NO_CONVERSATION: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"(?ix) \A [^\p{L}\p{N}]* (?: error: \s* )? (?:
        no \s (?: saved \s )? (?: conversation | session )s? \s found \b
      | no \s such \s (?: conversation | session ) \b
      | (?: conversation | session ) (?: \s id )? :? (?: \s \S{1,80} )? \s (?: was \s | is \s )? not \s found \b
    )";
    Regex::new(written).expect("a pattern")
});

static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"(?i)continuing automatically|set to continue automatically|continuing shortly";
    Regex::new(written).expect("a pattern")
});

static DOES_NOT: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"(?i)automatic continue (?:was )?(?:cancell?ed|stopped|turned off)";
    Regex::new(written).expect("a pattern")
});

/// Whether a line says that there is no such conversation.
pub(super) fn denies_conversation(line: &str) -> bool {
    NO_CONVERSATION.is_match(line)
}

/// What a screen says of a limit whose banner is, or ends, in line number `banner`.
pub(super) fn limit_in(text: &str, banner: usize) -> Limit {
    let first = banner.saturating_sub(NEAR);
    let near: Vec<&str> = text.split('\n').skip(first).collect();
    let near = unframed(&near.join(" "));
    let near: Vec<&str> = near.split_whitespace().collect();
    let near = near.join(" ");
    let last = |pattern: &Regex| pattern.find_iter(&near).last().map(|found| found.start());
    Limit {
        reset: reset_in(text),
        resumes_itself: last(&GOES_ON).is_some_and(|on| last(&DOES_NOT) < Some(on)),
        hard: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_there_is_no_such_conversation_is_the_whole_line() {
        for line in [
            "No conversation found with session ID: 01234567-89ab-cdef-0123-456789abcdef",
            "No conversation found to continue",
            "Error: no such conversation",
            "  ⎿  Session ses_123 not found",
            "session not found",
            "Error: Session \"abc\" was not found.",
            "ERROR: No saved session found with ID 0199",
        ] {
            assert!(denies_conversation(line), "{line}");
        }
        for line in [
            "The test failed with: session abc not found",
            "Session handling: the key was not found in the table, so I",
            "I found no conversation found in the log",
            "no session",
            "",
        ] {
            assert!(!denies_conversation(line), "{line}");
        }
    }

    #[test]
    fn an_agent_that_goes_on_by_itself_says_so_near_its_banner() {
        let resumes = |lines: &[&str], banner| limit_in(&lines.join("\n"), banner).resumes_itself;
        let hit = "  ⎿  You've hit your 5-hour limit · resets 12:49pm (UTC)";
        let set = "● Usage limit reached · set to continue automatically at 12:49pm";
        let footer = "  Continuing automatically at 12:49pm · Esc to cancel";
        let box_line = "────────";
        assert!(resumes(&[hit, set, box_line, "❯", box_line, footer], 0));
        assert!(resumes(&[hit, set], 1));
        assert!(resumes(&[hit, "", box_line, "❯", box_line, footer], 0));
        assert!(resumes(&["Usage limit reached · CONTINUING shortly"], 0));
        assert!(resumes(
            &["Usage limit reached · set to", "continue automatically"],
            0
        ));
        assert!(!resumes(&[hit, "❯"], 0));
        for ended in ["cancelled", "stopped", "was turned off"] {
            let ended = format!("Automatic continue {ended}");
            assert!(!resumes(&[hit, set, &ended], 0));
            assert!(resumes(&[&ended, hit, set], 1), "an older one");
        }
        let old = [set, "more", "text", "came", hit];
        assert!(!resumes(&old, 4), "it is of another limit");
    }
}
