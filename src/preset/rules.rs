//! The signs of a preset, compiled.

use std::collections::HashMap;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;
use toml::Spanned;

use super::file::Where;
use super::matches::{Matches, PATTERNS_MAX, PatternId};
use super::{PresetError, Source};

/// How many bytes a compiled pattern, and the lazy tables of the whole set, may take.
const SIZE_MAX: usize = 8 << 20;

/// What a sign shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignState {
    /// A person has to log in.
    Login,
    /// A usage limit is reached.
    Limited,
    /// A dialog waits for a person.
    NeedsInput,
    /// It tries again by itself.
    Retrying,
    /// It works.
    Working,
    /// The session cannot go on.
    Fatal,
    /// A prompt that it knows stands there.
    Idle,
    /// The program has ended and left these words: nothing is known of what runs now.
    Ended,
    /// How much of the conversation's context is left; no state of the agent.
    Context,
    /// A line that never begins a turn, whatever it looks like; no state of the agent.
    Aside,
}

/// A sign, ready to be looked for.
#[derive(Debug)]
pub struct Sign {
    /// Its name, unique in the preset.
    pub name: String,
    /// What it shows.
    pub state: SignState,
    /// The line.
    pub line: PatternId,
    /// Where that has to stand.
    pub place: Where,
    /// Among the last so many lines of that region, blank ones not counted.
    pub last: Option<usize>,
    /// Whether the input box has to be there, or must not.
    pub composer: Option<bool>,
    /// Whether the line has to stand in a frame, or must not.
    pub boxed: Option<bool>,
    /// What the line itself must not match.
    pub not: Option<PatternId>,
    /// What the next line below has to be, blank ones and those of a sidebar not counted.
    pub next: Option<PatternId>,
    /// What the head of its block has to be.
    pub under: Option<PatternId>,
    /// What the head of its block must not be.
    pub not_under: Option<PatternId>,
    /// Each has to match some line below it.
    pub with: Vec<PatternId>,
    /// None of these may match a line below it.
    pub without: Vec<PatternId>,
    /// It counts only where no other sign of its state does.
    pub weak: bool,
    /// A cap that does not end by itself.
    pub hard: bool,
    /// It goes on by itself when the limit ends.
    pub resumes: bool,
    /// The conversation is full.
    pub full: bool,
    /// The conversation that it was to take up does not exist.
    pub no_conversation: bool,
    /// Which dialog it is.
    pub dialog: Option<String>,
    /// Its pattern, for what its named groups hold; none if it has no such group.
    pub groups: Option<Regex>,
    /// The pattern alone, to look for it in a message that the program sent.
    alone: Regex,
}

/// How the input box is found.
#[derive(Debug, Clone, Copy)]
pub struct Composer {
    /// One of its lines; the lowest counts.
    pub line: PatternId,
    /// The line above it.
    pub above: Option<PatternId>,
    /// The line that closes it.
    pub below: Option<PatternId>,
}

/// What a title says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Title {
    /// It works.
    Working,
    /// A person is needed.
    Blocked,
    /// It does nothing.
    Idle,
}

/// The signs of a preset, with the one set of all their patterns.
#[derive(Debug, Default)]
pub struct Rules {
    set: RegexSet,
    signs: Vec<Sign>,
    composer: Option<Composer>,
    turn: Option<PatternId>,
    titles: Vec<(Title, Regex)>,
    progress: bool,
    /// Patterns whose lines never begin a turn.
    asides: Matches,
}

impl Rules {
    pub(super) fn compile(source: &Source) -> Result<Self, PresetError> {
        let mut patterns = Patterns::default();
        let screen = &source.screen;
        let composer = match &screen.composer {
            None => None,
            Some(line) => Some(Composer {
                line: patterns.add(line)?,
                above: patterns.add_some(screen.above_composer.as_ref())?,
                below: patterns.add_some(screen.below_composer.as_ref())?,
            }),
        };
        let turn = patterns.add_some(screen.turn.as_ref())?;
        let mut signs: Vec<Sign> = Vec::new();
        let mut asides = Matches::default();
        for written in &source.signs {
            let name = written.name.get_ref();
            if signs.iter().any(|sign| sign.name == *name) {
                return Err(PresetError {
                    message: format!("two signs are called `{name}`"),
                    span: Some(written.name.span()),
                    hint: "give each a name of its own".to_owned(),
                });
            }
            let line = patterns.add(&written.line)?;
            let alone = compile(&written.line)?;
            let has_groups = alone.capture_names().flatten().next().is_some();
            // What shows a banner is a part of it, and nothing newer.
            if matches!(
                written.state,
                SignState::Login
                    | SignState::Limited
                    | SignState::Retrying
                    | SignState::Fatal
                    | SignState::Aside
            ) {
                asides.insert(line);
            }
            signs.push(Sign {
                name: name.clone(),
                state: written.state,
                line,
                place: written.place,
                last: written.last,
                composer: written.composer,
                boxed: written.boxed,
                not: patterns.add_some(written.not.as_ref())?,
                next: patterns.add_some(written.next.as_ref())?,
                under: patterns.add_some(written.under.as_ref())?,
                not_under: patterns.add_some(written.not_under.as_ref())?,
                with: patterns.add_all(&written.with)?,
                without: patterns.add_all(&written.without)?,
                weak: written.weak,
                hard: written.hard,
                resumes: written.resumes,
                full: written.full,
                no_conversation: written.no_conversation,
                dialog: written.dialog.clone(),
                groups: has_groups.then(|| alone.clone()),
                alone,
            });
        }
        let mut titles = Vec::new();
        for (title, pattern) in [
            (Title::Blocked, &source.title.blocked),
            (Title::Working, &source.title.working),
            (Title::Idle, &source.title.idle),
        ] {
            if let Some(pattern) = pattern {
                titles.push((title, compile(pattern)?));
            }
        }
        Ok(Self {
            set: patterns.set()?,
            signs,
            composer,
            turn,
            titles,
            progress: source.progress.working,
            asides,
        })
    }

    /// Which of the patterns match a line.
    pub fn matches(&self, line: &str) -> Matches {
        let mut matches = Matches::default();
        for index in &self.set.matches(line) {
            if let Some(pattern) = PatternId::new(index) {
                matches.insert(pattern);
            }
        }
        matches
    }

    /// All signs, in the order of the file.
    pub fn signs(&self) -> &[Sign] {
        &self.signs
    }

    /// How the input box is found; none for a program that has none.
    pub fn composer(&self) -> Option<Composer> {
        self.composer
    }

    /// Whether a line begins something newer than what stands above it.
    pub fn begins_turn(&self, line: &Matches) -> bool {
        self.turn.is_some_and(|turn| line.has(turn)) && !line.meets(&self.asides)
    }

    /// What a title says.
    pub fn title(&self, title: &str) -> Option<Title> {
        let mut titles = self.titles.iter();
        let found = titles.find(|(_, pattern)| pattern.is_match(title));
        found.map(|(title, _)| *title)
    }

    /// Whether a progress that is shown means work.
    pub fn progress_is_work(&self) -> bool {
        self.progress
    }
}

impl Sign {
    /// Whether its line is this text, wherever that stands.
    pub fn says(&self, text: &str) -> bool {
        self.alone.is_match(text)
    }
}

/// The patterns of a set, each once.
#[derive(Default)]
struct Patterns {
    texts: Vec<String>,
    known: HashMap<String, PatternId>,
}

impl Patterns {
    fn add(&mut self, pattern: &Spanned<String>) -> Result<PatternId, PresetError> {
        if let Some(id) = self.known.get(pattern.get_ref()) {
            return Ok(*id);
        }
        // Alone it tells best what is wrong with it.
        compile(pattern)?;
        let id = PatternId::new(self.texts.len()).ok_or_else(|| PresetError {
            message: format!("a preset has at most {PATTERNS_MAX} patterns"),
            span: Some(pattern.span()),
            hint: "join some of them with `|`".to_owned(),
        })?;
        self.texts.push(pattern.get_ref().clone());
        self.known.insert(pattern.get_ref().clone(), id);
        Ok(id)
    }

    fn add_some(
        &mut self,
        pattern: Option<&Spanned<String>>,
    ) -> Result<Option<PatternId>, PresetError> {
        pattern.map(|pattern| self.add(pattern)).transpose()
    }

    fn add_all(&mut self, patterns: &[Spanned<String>]) -> Result<Vec<PatternId>, PresetError> {
        patterns.iter().map(|pattern| self.add(pattern)).collect()
    }

    fn set(&self) -> Result<RegexSet, PresetError> {
        let texts = self.texts.iter().map(|text| with_plain_boundaries(text));
        let set = RegexSetBuilder::new(texts)
            .size_limit(SIZE_MAX)
            .dfa_size_limit(SIZE_MAX)
            .build();
        set.map_err(|error| PresetError {
            message: format!("its patterns are too large together: {error}"),
            span: None,
            hint: "write shorter repetitions".to_owned(),
        })
    }
}

fn compile(pattern: &Spanned<String>) -> Result<Regex, PresetError> {
    let compiled = RegexBuilder::new(&with_plain_boundaries(pattern.get_ref()))
        .size_limit(SIZE_MAX)
        .build();
    compiled.map_err(|error| PresetError {
        message: format!("a pattern does not compile: {error}"),
        span: Some(pattern.span()),
        hint: "the syntax is that of the regex crate".to_owned(),
    })
}

/// The pattern with `\b` between ASCII letters alone. One that knows all of Unicode's would keep the
/// whole set from its fast engine on every line with any other character, and those are most lines
/// that a program draws.
fn with_plain_boundaries(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        let end = rest[at + 1..].chars().next().map_or(0, char::len_utf8);
        let (before, escape) = (&rest[..at], &rest[at..at + 1 + end]);
        rest = &rest[at + 1 + end..];
        plain.push_str(before);
        // `\b{start}` and the like are written out.
        if escape == "\\b" && !rest.starts_with('{') {
            plain.push_str(r"(?-u:\b)");
        } else {
            plain.push_str(escape);
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_boundaries_are_those_of_ascii() {
        for (written, compiled) in [
            (r"a\b", r"a(?-u:\b)"),
            (r"\bé\\b\d\b", r"(?-u:\b)é\\b\d(?-u:\b)"),
            (r"\b{start}x", r"\b{start}x"),
            (r"x\B[\.]", r"x\B[\.]"),
        ] {
            assert_eq!(with_plain_boundaries(written), compiled);
        }
    }
}
