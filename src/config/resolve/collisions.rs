//! What two agents or services claim: a name, or a session.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use super::super::names::{AgentName, SessionName};
use super::super::source::Source;
use super::Draft;
use super::settings::Basics;

/// How many of the other places are told.
const PLACES_SHOWN: usize = 3;

/// Adds an error to each of those that collide, which names the others.
pub(super) fn check(source: &Source, basics: &Basics, drafts: &mut [Draft]) {
    let named = |draft: &Draft| {
        draft
            .name
            .as_ref()
            .map(|name| (name.get_ref().clone(), name.span()))
    };
    for (name, span, others) in claimed_twice(drafts, named) {
        let lines = lines(source, &others);
        let message = format!("the name `{name}` is given more than once: also in {lines}");
        let hint = "rename one of them; verbs and messages call agents and services by name";
        drafts[span.0].findings.error(span.1, message, hint);
    }
    // By the name of its log, which two sessions may share that tmux can tell apart.
    let session = |draft: &Draft| {
        draft
            .session
            .as_ref()
            .map(|session| (session.get_ref().file_stem(), session.span()))
    };
    for (_, span, others) in claimed_twice(drafts, session) {
        let same_name = others
            .iter()
            .any(|(other, _)| has_name_of(&drafts[*other], &drafts[span.0]));
        if same_name {
            continue;
        }
        let claimed = drafts[span.0]
            .session
            .as_ref()
            .map(|session| session.get_ref().as_str());
        let message = format!(
            "the session `{}` would also be that of {}",
            claimed.unwrap_or_default(),
            lines(source, &others)
        );
        let hint = "each needs its own; note that `.` and `:` become `_` in tmux, \
                    and `/` becomes %2F in the name of the log";
        drafts[span.0].findings.error(span.1, message, hint);
    }
    check_watchdog(basics, drafts);
}

/// The predecessor's watchdog lives in this session, and the log of ours is named after it.
fn check_watchdog(basics: &Basics, drafts: &mut [Draft]) {
    let name = format!("{}{}", basics.session_prefix, AgentName::WATCHDOG);
    let Ok(watchdog) = SessionName::new(&name) else {
        return;
    };
    for draft in drafts {
        let Some(session) = &draft.session else {
            continue;
        };
        if *session.get_ref() == watchdog {
            let message = format!("the session `{watchdog}` belongs to the watchdog");
            draft
                .findings
                .error(session.span(), message, "choose another session");
        }
    }
}

fn has_name_of(one: &Draft, other: &Draft) -> bool {
    match (&one.name, &other.name) {
        (Some(one), Some(other)) => one.get_ref() == other.get_ref(),
        _ => false,
    }
}

type Claim = (usize, Range<usize>);

/// Each claim of what is claimed more than once, with the other claims.
fn claimed_twice<K: Hash + Eq + Clone>(
    drafts: &[Draft],
    claim: impl Fn(&Draft) -> Option<(K, Range<usize>)>,
) -> Vec<(K, Claim, Vec<Claim>)> {
    let mut claims: HashMap<K, Vec<Claim>> = HashMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let Some((what, span)) = claim(draft) {
            claims.entry(what).or_default().push((index, span));
        }
    }
    let mut found = Vec::new();
    for (what, claims) in claims.into_iter().filter(|(_, claims)| claims.len() > 1) {
        for one in &claims {
            let others = claims.iter().filter(|other| other.0 != one.0);
            // One more than is shown, so that the rest can be hinted at.
            let others = others.take(PLACES_SHOWN + 1).cloned().collect();
            found.push((what.clone(), one.clone(), others));
        }
    }
    found
}

fn lines(source: &Source, claims: &[Claim]) -> String {
    let line = |(_, span): &Claim| format!("line {}", source.place(span).line);
    let shown: Vec<String> = claims.iter().take(PLACES_SHOWN).map(line).collect();
    let more = if claims.len() > PLACES_SHOWN {
        " and more"
    } else {
        ""
    };
    format!("{}{more}", shown.join(", "))
}
