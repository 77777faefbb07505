//! What is seen, for people.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::{duration, sentence, terminal};
use crate::detect::{Doing, Finding, Reading, Signal};
use crate::supervise::{Outlook, Policy};

const QUIET: Style = Style::new().dimmed();

/// When somebody looks, and where.
#[derive(Debug, Clone)]
pub(super) struct Watcher {
    pub(super) now: Timestamp,
    pub(super) zone: TimeZone,
}

impl Watcher {
    fn clock(&self, at: Timestamp) -> String {
        sentence::clock(at, self.now, &self.zone)
    }
}

/// A few lines: what it is, what shows that, what else holds, what is done about it.
pub(super) fn text(reading: &Reading, finding: &Finding, watcher: &Watcher) -> String {
    let mut out = String::new();
    let fact = &reading.fact;
    let style = style(finding.state);
    _ = writeln!(
        out,
        "{style}{}{style:#}{}",
        finding.state,
        details(reading, finding, watcher)
    );
    _ = writeln!(out, "{QUIET}seen by{QUIET:#}   {}", sign(finding));
    let first = finding.row.or_else(|| found_row(reading));
    for (index, row) in fact.rows.iter().enumerate() {
        let place = match first.filter(|_| index == 0) {
            Some(row) => format!("row {row}"),
            None => String::new(),
        };
        _ = writeln!(
            out,
            "{QUIET}{place:>8}{QUIET:#}  {}",
            terminal::line(row.trim_end())
        );
    }
    for more in also(reading) {
        _ = writeln!(out, "{QUIET}also{QUIET:#}      {more}");
    }
    let policy = Policy {
        zone: watcher.zone.clone(),
        ..Policy::default()
    };
    let outlook = Outlook::of(fact, watcher.now, &policy);
    _ = writeln!(
        out,
        "{QUIET}watchdog{QUIET:#}  {}",
        what_follows(&outlook, watcher)
    );
    out
}

fn style(state: Doing) -> Style {
    let colour = match state {
        Doing::Working | Doing::Idle | Doing::Waiting => AnsiColor::Green,
        Doing::Retrying | Doing::Limited => AnsiColor::Yellow,
        Doing::NeedsInput | Doing::Login | Doing::Fatal => AnsiColor::Red,
        Doing::Unknown => return Style::new().bold(),
    };
    colour.on_default().bold()
}

/// What belongs to the state.
fn details(reading: &Reading, finding: &Finding, watcher: &Watcher) -> String {
    let mut details = String::new();
    if let Some(limit) = &finding.limit {
        _ = match limit.until {
            _ if limit.hard => write!(details, ", a cap that does not end by itself"),
            Some(until) => write!(details, " until {}", watcher.clock(until)),
            None => write!(details, ", nothing says until when"),
        };
    }
    if let (Doing::Waiting, Some(waiting)) = (finding.state, reading.fact.waiting) {
        let until = waiting.until(&watcher.zone);
        _ = write!(details, " until {}", watcher.clock(until));
    }
    if let Some(dialog) = &finding.dialog {
        _ = write!(details, ", dialog `{}`", terminal::line(dialog));
    }
    if reading.fact.full {
        details.push_str(", the conversation is full");
    }
    details
}

/// By what it is seen.
fn sign(finding: &Finding) -> String {
    let by = match finding.signal {
        Signal::Status => "the program's own status (OSC 7501)",
        Signal::Hook => "a hook of the program",
        Signal::Conversation => "the file of its conversation",
        Signal::Title => "its title",
        Signal::Progress => "its progress (OSC 9;4)",
        Signal::Rows => "its screen",
        Signal::LogGrace => "its output a moment ago",
        Signal::Silence => "nothing that says otherwise",
        pattern => return format!("`{pattern}` of the config"),
    };
    match &finding.pattern {
        None => by.to_owned(),
        Some(sign) => format!("{by}, sign `{}`", terminal::line(sign)),
    }
}

/// Where the first of the lines stands that a pattern of the config matched.
fn found_row(reading: &Reading) -> Option<u16> {
    let wanted = reading.fact.rows.first()?.trim_end();
    let begins = |line: &String| !line.is_empty() && wanted.starts_with(line.as_str());
    let at = reading.picture.lines.iter().rposition(begins)?;
    u16::try_from(at).ok()
}

/// What else holds.
fn also(reading: &Reading) -> Vec<String> {
    let fact = &reading.fact;
    let mut also = Vec::new();
    if let Some(left) = fact.context_left {
        also.push(format!("{left}% of its context is left"));
    }
    if fact.no_conversation {
        also.push("the conversation that it was to take up does not exist".to_owned());
    }
    if fact
        .limit
        .as_ref()
        .is_some_and(|limit| limit.resumes_itself)
    {
        also.push("it says that it goes on by itself".to_owned());
    }
    if let Some((signal, state)) = fact.contradicts {
        let state = crate::detect::Fact {
            state,
            ..crate::detect::Fact::default()
        };
        also.push(format!(
            "{signal} says {}, which is not believed",
            Doing::of(&state)
        ));
    }
    also
}

/// What the watchdog does, a sentence without a full stop.
fn what_follows(outlook: &Outlook, watcher: &Watcher) -> String {
    let span = |span| duration::rough(span);
    let clock = |at| watcher.clock(at);
    match outlook {
        Outlook::LeftAlone => "leaves it alone".to_owned(),
        Outlook::MayRetry(most) => {
            format!("leaves it alone for {}; then it counts as silent", span(*most))
        }
        Outlook::Silent => {
            "types what waits for it; after `stall_idle` without activity it has stalled".to_owned()
        }
        Outlook::WaitsUntil(at) => format!("leaves it alone until {}; then it has stalled", clock(*at)),
        Outlook::PersonAnswers(Some(dialog)) => {
            let dialog = terminal::line(dialog);
            format!(
                "types nothing before a person has answered; it answers by itself only where the \
                 config says how, such as `answer = {{ {dialog} = \"…\" }}`"
            )
        }
        Outlook::PersonAnswers(None) => {
            "types nothing before a person has answered".to_owned()
        }
        Outlook::KeyPressed => "presses Enter, which chooses nothing, once nothing holds it".to_owned(),
        Outlook::PersonLogsIn => {
            "tells a person to log in, and neither types nor starts it anew".to_owned()
        }
        Outlook::Held { until, named: true } => {
            format!("holds it until {}, and asks it to go on then", clock(*until))
        }
        Outlook::Held { until, .. } => format!(
            "holds it, and asks it to go on at {}, then less and less often",
            clock(*until)
        ),
        Outlook::HeldByItself { until, patient } => format!(
            "holds it until {} and types nothing; if it has not gone on by {}, it is asked to",
            clock(*until),
            clock(*patient)
        ),
        Outlook::Capped => {
            "holds it without an end: a person has to see to it, and nothing is typed or started anew"
                .to_owned()
        }
        Outlook::Restarted(after) => format!(
            "starts it anew, within its budget, when tmux shows the same after {}",
            span(*after)
        ),
        Outlook::BegunAnew(after) => format!(
            "starts it anew with a new conversation when tmux shows the same after {}",
            span(*after)
        ),
    }
}
