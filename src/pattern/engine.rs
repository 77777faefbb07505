//! The two engines: one whose time is linear, and one that looks around.

use std::sync::OnceLock;

use super::Outcome;

/// How often the backtracking engine may turn back in one search: some milliseconds.
const BACKTRACKS_MAX: usize = 100_000;

/// How large a compiled pattern may be, in bytes.
const SIZE_MAX: usize = 4 << 20;

/// How many instructions the backtracking engine's program may have.
const INSTRUCTIONS_MAX: usize = 100_000;

#[derive(Debug)]
pub(super) enum Engine {
    Linear(regex::Regex),
    Backtracking(fancy_regex::Regex),
}

/// An engine that is built when it is first needed: every verb reads the config, and few search.
#[derive(Debug)]
pub(super) struct Lazily {
    printed: String,
    backtracking: bool,
    engine: OnceLock<Option<Engine>>,
}

impl Lazily {
    pub(super) fn new(printed: String, backtracking: bool) -> Self {
        Self {
            printed,
            backtracking,
            engine: OnceLock::new(),
        }
    }

    /// Builds it at once, to find out whether it can be.
    pub(super) fn build(&self) -> Result<(), String> {
        let engine = Engine::build(&self.printed, self.backtracking)?;
        // Nobody else has it yet, so that it is not set.
        let _ = self.engine.set(Some(engine));
        Ok(())
    }

    pub(super) fn is_backtracking(&self) -> bool {
        self.backtracking
    }

    /// The engine; `None` if it cannot be built.
    pub(super) fn get(&self) -> Option<&Engine> {
        let build = || Engine::build(&self.printed, self.backtracking).ok();
        self.engine.get_or_init(build).as_ref()
    }
}

impl Engine {
    /// Compiles what was printed for it. Since our own parser has read the pattern, all that can
    /// go wrong is that it is too large, or more than the engine can do; the message is the
    /// engine's.
    fn build(printed: &str, backtracking: bool) -> Result<Self, String> {
        if !backtracking {
            let built = regex::RegexBuilder::new(printed)
                .size_limit(SIZE_MAX)
                .build();
            return built.map(Self::Linear).map_err(|error| error.to_string());
        }
        let built = fancy_regex::RegexBuilder::new(printed)
            .backtrack_limit(BACKTRACKS_MAX)
            .delegate_size_limit(SIZE_MAX)
            .max_prog_size(INSTRUCTIONS_MAX)
            .build();
        built
            .map(Self::Backtracking)
            .map_err(|error| error.to_string())
    }

    pub(super) fn search(&self, text: &str) -> Outcome {
        let found = match self {
            Self::Linear(regex) => regex.find(text).map(|found| found.range()),
            Self::Backtracking(regex) => match regex.find(text) {
                Ok(found) => found.map(|found| found.range()),
                Err(_) => return Outcome::GaveUp,
            },
        };
        found.map_or(Outcome::NoMatch, Outcome::Match)
    }

    /// Whether there is a match; an engine that gives up found none.
    pub(super) fn is_match(&self, text: &str) -> bool {
        match self {
            Self::Linear(regex) => regex.is_match(text),
            Self::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }
}
