//! Where on a screen a reset time stands.

use std::sync::LazyLock;

use regex::Regex;

use super::Reset;
use super::phrase::Phrase;

/// How many characters of the banner's words are kept.
const TEXT_MAX: usize = 80;

/// A program that tries again within so many seconds does not wait for a limit to end.
const RETRY_MAX: i64 = 600;

/// What comes before the time when a limit ends.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    let written = r#"(?ix)
        \b(?: resets? | renews? | available \s+ again | try \s+ again )\b
            (?: \s* [:=] )? (?: \s+ (?: at | on | by | (?<lasts> in | after ) ) \b )? (?: \s* : )? \s*
            (?: about \s+ | ~ \s* )?
      | 限额将[在于] \s*
      | \b (?<resumes> continu (?: e | ing ) \s+ automatically \s+ at ) \s+
      | \b (?<retries> retry (?: ing )? \s+ (?: in | after ) ) \s+ (?: about \s+ | ~ \s* )?
      | \b resets? _? at "? \s* [:=] \s* "?
      | [a-z] (?<epoch> \| )"#;
    Regex::new(written).expect("a pattern")
});

/// The reset time that a screen shows: of several the last one. `text` is the screen's lines,
/// joined by newlines or blanks; a phrase may go on in the next line, and frames around it do not
/// matter.
///
/// When an agent says that it goes on by itself, that time counts if no other is there, since it
/// comes without a zone. When it tries again counts if there is nothing else: the limit may be over
/// much later; and only a long wait, since a short one is no limit.
pub fn reset_in(text: &str) -> Option<Reset> {
    let text = unframed(text);
    let (mut found, mut resumes, mut retries) = (None, None, None);
    for lead in LEAD.captures_iter(&text) {
        let whole = lead.get(0).expect("a match has a whole");
        let rest = &text[whole.end()..];
        let tries_again = lead.name("retries").is_some();
        let (begin, phrase) = match lead.name("epoch") {
            Some(bar) => (bar.end(), Phrase::epoch(rest)),
            None => {
                let lasts = tries_again || lead.name("lasts").is_some();
                (whole.start(), Phrase::read(rest, lasts))
            }
        };
        let Some(phrase) = phrase else { continue };
        if tries_again && !phrase.lasts_longer_than(RETRY_MAX) {
            continue;
        }
        let words = &text[begin..whole.end() + phrase.length];
        let reset = Some(Reset {
            when: phrase.when,
            text: one_line(words),
        });
        if tries_again {
            retries = reset;
        } else if lead.name("resumes").is_some() {
            resumes = reset;
        } else {
            found = reset;
        }
    }
    found.or(resumes).or(retries)
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
