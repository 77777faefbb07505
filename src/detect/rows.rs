//! What the signs of a preset say on a screen.

use std::cmp::Reverse;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::anatomy::Anatomy;
use super::fact::{Fact, Limit, Seen};
use super::lines::{Line, Lines};
use super::reset::reset_in;
use crate::preset::{Matches, Preset, Rules, Sign, SignState};
use crate::screen::Screen;

/// A program that tries again by itself after at most so long is retrying; after longer it is
/// limited until then.
const RETRYING_MAX: SignedDuration = SignedDuration::from_mins(10);

/// A sign that stands on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The index of the sign.
    pub(super) sign: usize,
    /// What it shows, with the duration that it names taken into account.
    pub(super) state: Seen,
    /// The index of its line.
    line: usize,
    /// The row at which that begins.
    pub(super) row: u16,
}

/// What a sign says beyond its state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Details {
    pub(super) rows: Vec<String>,
    pub(super) row: Option<u16>,
    pub(super) pattern: Option<String>,
    pub(super) dialog: Option<String>,
    pub(super) limit: Option<Limit>,
    pub(super) full: bool,
    pub(super) no_conversation: bool,
}

/// One pane's screen, read by the signs of a preset.
#[derive(Debug, Default)]
pub(super) struct PresetSight {
    revision: Option<u64>,
    lines: Lines,
    found: Option<Found>,
    context_left: Option<u8>,
    /// Some sign that may stand there reads a duration, a time or a number.
    reads_words: bool,
}

/// A screen's lines with their regions.
struct Shown<'a> {
    rules: &'a Rules,
    lines: &'a [Line],
    anatomy: Anatomy,
    /// Every pattern that matches some line.
    matches: Matches,
}

impl<'a> Shown<'a> {
    fn new(rules: &'a Rules, lines: &'a [Line]) -> Self {
        let mut matches = Matches::default();
        for line in lines {
            matches.add(&line.matches);
        }
        Self {
            rules,
            lines,
            anatomy: Anatomy::of(rules, lines),
            matches,
        }
    }

    /// The signs whose line is there somewhere, with their indices.
    fn signs(&self) -> impl Iterator<Item = (usize, &'a Sign)> + '_ {
        let signs = self.rules.signs().iter().enumerate();
        signs.filter(|(_, sign)| self.matches.has(sign.line))
    }

    /// The signs that tell of a limit.
    fn limits(&self) -> impl Iterator<Item = &'a Sign> + '_ {
        let signs = self.signs().map(|(_, sign)| sign);
        signs.filter(|sign| matches!(sign.state, SignState::Limited | SignState::Retrying))
    }

    /// The lines that a sign stands on, the lowest first.
    fn places<'s>(&'s self, sign: &'s Sign) -> impl Iterator<Item = usize> + 's {
        self.anatomy.places(self.rules, sign, self.lines)
    }
}

impl PresetSight {
    /// Looks at a screen. Whether it shows other rows than at the last look.
    pub(super) fn look(&mut self, rules: &Rules, screen: &Screen) -> bool {
        if self.revision == Some(screen.revision()) {
            return false;
        }
        self.revision = Some(screen.revision());
        let differs = self.lines.look(rules, screen);
        // A spinner turns: the same signs stand in the same places. Only what reads the words of a
        // line has to look again.
        if differs || self.reads_words {
            let lines = &self.lines.list;
            let shown = Shown::new(rules, lines);
            self.reads_words = shown.signs().any(|(_, sign)| sign.groups.is_some());
            self.found = find(&shown, screen);
            self.context_left = context_left(&shown, screen);
        }
        true
    }

    /// What stands there.
    pub(super) fn found(&self) -> Option<Found> {
        self.found
    }

    /// How much of the conversation's context is left, in percent, where the screen says that.
    pub(super) fn context_left(&self) -> Option<u8> {
        self.context_left
    }

    /// What the sign that was found says, on the screen of the last look.
    pub(super) fn details(&self, preset: &Preset, screen: &Screen) -> Details {
        let Some(found) = self.found else {
            return Details::default();
        };
        let rules = preset.rules();
        let sign = &rules.signs()[found.sign];
        let lines = &self.lines.list;
        let mut details = Details::of(sign);
        details.row = Some(found.row);
        let mut told = vec![found.line];
        if found.state == Seen::Limited {
            // A limit has a banner, a dialog, a footer: each says a part of it.
            let shown = Shown::new(rules, lines);
            told.extend(shown.limits().flat_map(|sign| shown.places(sign)));
            told.sort_unstable();
            told.dedup();
            let standing = |sign: &&Sign| shown.places(sign).next().is_some();
            let dialogs = shown.limits().filter(standing);
            let mut dialogs = dialogs.filter_map(|sign| sign.dialog.clone());
            details.dialog = details.dialog.or_else(|| dialogs.next());
        }
        let texts: Vec<String> = told
            .iter()
            .map(|index| text_of(&lines[*index], screen))
            .collect();
        if found.state == Seen::Limited {
            details.limit = Some(limit(
                sign,
                &lines[found.line],
                &texts,
                lines,
                found,
                screen,
            ));
        }
        let more = texts.len().saturating_sub(Fact::ROWS_MAX);
        details.rows = texts
            .into_iter()
            .skip(more)
            .map(|text| cut(&text).to_owned())
            .collect();
        details
    }
}

impl Details {
    fn of(sign: &Sign) -> Self {
        Self {
            pattern: Some(sign.name.clone()),
            dialog: sign.dialog.clone(),
            full: sign.full,
            no_conversation: sign.no_conversation,
            ..Self::default()
        }
    }
}

/// What a message says that the program sent beside its screen: by the signs that would show it
/// there.
pub(super) fn read_message(preset: &Preset, message: &str) -> Option<(Seen, Details)> {
    let bare = [String::new()];
    let prefixes = if preset.messages.is_empty() {
        &bare[..]
    } else {
        &preset.messages
    };
    let texts: Vec<String> = prefixes
        .iter()
        .map(|prefix| format!("{prefix}{message}"))
        .collect();
    let signs = preset.rules().signs().iter();
    let telling = signs.filter(|sign| {
        !matches!(
            sign.state,
            SignState::Working
                | SignState::Idle
                | SignState::Ended
                | SignState::Context
                | SignState::Aside
        ) && texts.iter().any(|text| sign.says(text))
    });
    let sign = telling.min_by_key(|sign| rank(seen(sign.state)))?;
    let text = texts.iter().find(|text| sign.says(text))?;
    let state = state_of(sign, text)?;
    let mut details = Details::of(sign);
    details.rows = vec![cut(message).to_owned()];
    if state == Seen::Limited {
        details.limit = Some(Limit {
            reset: (!sign.hard).then(|| reset_of(sign, text)).flatten(),
            resumes_itself: sign.resumes,
            hard: sign.hard,
        });
    }
    Some((state, details))
}

/// The first of the states, in their order, that a sign shows; of several signs the lowest.
fn find(shown: &Shown<'_>, screen: &Screen) -> Option<Found> {
    let (rules, lines) = (shown.rules, shown.lines);
    let mut best: Option<Found> = None;
    for (index, sign) in shown.signs() {
        for line in shown.places(sign) {
            let state = match &sign.groups {
                None => seen(sign.state),
                Some(_) => state_of(sign, &text_of(&lines[line], screen)),
            };
            let Some(state) = state else { continue };
            let found = Found {
                sign: index,
                state,
                line,
                row: lines[line].row,
            };
            let is_better = best.is_none_or(|best| {
                let old = &rules.signs()[best.sign];
                let of = |state, sign: &Sign, line| (rank(Some(state)), sign.weak, Reverse(line));
                of(state, sign, line) < of(best.state, old, best.line)
            });
            if is_better {
                best = Some(found);
            }
            // The lowest comes first; others of the same sign say nothing more, unless they name
            // a time of their own.
            if sign.groups.is_none() {
                break;
            }
        }
    }
    best
}

/// What a state of a sign means for the agent; none for what is no state of it.
fn seen(state: SignState) -> Option<Seen> {
    Some(match state {
        SignState::Login => Seen::Login,
        SignState::Limited => Seen::Limited,
        SignState::NeedsInput => Seen::NeedsPerson,
        SignState::Retrying => Seen::Retrying,
        SignState::Working => Seen::Working,
        SignState::Fatal => Seen::Fatal,
        SignState::Idle => Seen::Idle,
        SignState::Ended => Seen::Unknown,
        SignState::Context | SignState::Aside => return None,
    })
}

/// The order in which states hide each other.
fn rank(state: Option<Seen>) -> u8 {
    match state {
        Some(Seen::Login) => 0,
        Some(Seen::Limited) => 1,
        Some(Seen::NeedsPerson) => 2,
        Some(Seen::Retrying) => 3,
        Some(Seen::Working) => 4,
        Some(Seen::Fatal) => 5,
        Some(Seen::Idle) => 6,
        Some(Seen::Unknown) | None => 7,
    }
}

/// What a sign shows on a line, given the duration that stands there.
fn state_of(sign: &Sign, text: &str) -> Option<Seen> {
    let state = seen(sign.state)?;
    if !matches!(state, Seen::Limited | Seen::Retrying) {
        return Some(state);
    }
    Some(match retries_in(sign, text) {
        Some(wait) if wait <= RETRYING_MAX => Seen::Retrying,
        Some(_) => Seen::Limited,
        None => state,
    })
}

/// How long the program waits before it tries again, as a line says.
fn retries_in(sign: &Sign, text: &str) -> Option<SignedDuration> {
    let written = group(sign, text, "in")?;
    let reset = reset_in(&format!("try again in {written}"))?;
    // A duration is the same from whenever it is counted.
    let at = reset.at(Timestamp::UNIX_EPOCH, &TimeZone::UTC)?;
    Some(at.duration_since(Timestamp::UNIX_EPOCH))
}

fn reset_of(sign: &Sign, text: &str) -> Option<super::reset::Reset> {
    if let Some(until) = group(sign, text, "until") {
        return reset_in(&format!("resets at {until}"));
    }
    if let Some(wait) = group(sign, text, "in") {
        return reset_in(&format!("try again in {wait}"));
    }
    reset_in(text)
}

fn group<'t>(sign: &Sign, text: &'t str, name: &str) -> Option<&'t str> {
    let captures = sign.groups.as_ref()?.captures(text)?;
    Some(captures.name(name)?.as_str())
}

/// What the lines of a limit say of its end. The line below a banner may have the time, where the
/// program writes it apart.
fn limit(
    sign: &Sign,
    line: &Line,
    texts: &[String],
    lines: &[Line],
    found: Found,
    screen: &Screen,
) -> Limit {
    let own = text_of(line, screen);
    let after = || {
        let below = lines[found.line + 1..].iter().filter(|line| !line.blank);
        let near: Vec<String> = below.take(2).map(|line| text_of(line, screen)).collect();
        reset_in(&near.join("\n"))
    };
    let reset = if sign.hard {
        None
    } else {
        reset_of(sign, &own)
            .or_else(|| reset_in(&texts.join("\n")))
            .or_else(after)
    };
    Limit {
        reset,
        resumes_itself: sign.resumes,
        hard: sign.hard,
    }
}

fn context_left(shown: &Shown<'_>, screen: &Screen) -> Option<u8> {
    let signs = shown.signs().map(|(_, sign)| sign);
    let mut context = signs.filter(|sign| sign.state == SignState::Context);
    context.find_map(|sign| {
        let line = shown.places(sign).next()?;
        let text = text_of(&shown.lines[line], screen);
        let percent = |name| group(sign, &text, name)?.parse::<u8>().ok();
        let used = || 100_u8.checked_sub(percent("used")?);
        percent("left").filter(|left| *left <= 100).or_else(used)
    })
}

fn text_of(line: &Line, screen: &Screen) -> String {
    let mut text = String::new();
    line.text(screen, &mut text);
    text
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(Fact::ROW_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
