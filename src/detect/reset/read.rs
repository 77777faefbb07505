//! Where on a screen a reset time stands.

use std::sync::LazyLock;

use regex::Regex;

use super::Reset;
use super::phrase::Phrase;

/// How many characters of the banner's words are kept.
const TEXT_MAX: usize = 80;

/// What comes before the time when a limit ends.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"(?ix)
        \b(?: resets? | try \s+ again )\b
            (?: \s* [:=] )? (?: \s+ (?: at | on | by | (in | after) ) \b )? (?: \s* : )? \s*
            (?: about \s+ | ~ \s* )?
      | \b (continu (?: e | ing ) \s+ automatically \s+ at) \s+
      | [a-z] (\|)";
    Regex::new(written).expect("a pattern")
});

/// The reset time that a screen shows: of several the last one. `text` is the screen's lines,
/// joined by newlines or blanks; a phrase may go on in the next line, and frames around it do not
/// matter.
///
/// When an agent says that it goes on by itself, that time counts if no other is there, since it
/// comes without a zone.
pub fn reset_in(text: &str) -> Option<Reset> {
    let text = unframed(text);
    let (mut found, mut resumes) = (None, None);
    for lead in LEAD.captures_iter(&text) {
        let whole = lead.get(0).expect("a match has a whole");
        let rest = &text[whole.end()..];
        let (begin, phrase) = match lead.get(3) {
            Some(bar) => (bar.end(), Phrase::epoch(rest)),
            None => (whole.start(), Phrase::read(rest, lead.get(1).is_some())),
        };
        let Some(phrase) = phrase else { continue };
        let words = &text[begin..whole.end() + phrase.length];
        let reset = Some(Reset {
            when: phrase.when,
            text: one_line(words),
        });
        match lead.get(2) {
            Some(_) => resumes = reset,
            None => found = reset,
        }
    }
    found.or(resumes)
}

/// The text with blanks for what programs draw around and over it.
pub(in crate::detect) fn unframed(text: &str) -> String {
    let drawn = |c: char| match c {
        '\u{2500}'..='\u{259f}' | '■' | '⬝' => ' ',
        c => c,
    };
    text.chars().map(drawn).collect()
}

fn one_line(words: &str) -> String {
    let words: Vec<&str> = words.split_whitespace().collect();
    let line = words.join(" ");
    line.chars().take(TEXT_MAX).collect()
}
