//! What the journal tells, and whose story it belongs into.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::daemon::events::what_in;
use crate::daemon::journal::Told;
use crate::daemon::wire::What;
use crate::supervise::Action;

/// Whom a story is about.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    /// Everybody.
    Fleet,
    /// What is nobody's in particular: the watchdog, tmux, the config.
    Watchdog,
    /// An agent or a service, which may share the usage limits of an account.
    Unit {
        name: String,
        account: Option<String>,
    },
}

/// What an entry of the journal tells.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Happening {
    /// What the event stream told too.
    Event(Box<What>),
    /// What only the journal knows.
    Journal(Aside),
}

/// What only the journal knows.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Aside {
    /// A watchdog begins.
    Begin {
        /// The version of ao.
        ao: String,
    },
    /// Entries are missing here.
    Missed {
        /// How many.
        count: u64,
    },
    /// What stood on a screen when its program died.
    LastScreen {
        /// The agent or service.
        agent: String,
        /// The rows, from the top.
        rows: Vec<String>,
    },
}

/// What an entry tells, in its order; times in sentences are those of `zone`.
pub(super) fn happenings(entry: Told, zone: &TimeZone) -> Vec<Happening> {
    let mut all = Vec::new();
    // A machine that is written down again is no news.
    let begin = entry.begin.filter(|begin| begin.why == "start");
    all.extend(begin.map(|begin| Happening::Journal(Aside::Begin { ao: begin.ao })));
    let missed = entry.missed.map(|count| Aside::Missed { count });
    all.extend(missed.map(Happening::Journal));
    all.extend(entry.said.map(|what| Happening::Event(Box::new(what))));
    let screen = entry.screen.filter(|screen| !is_blank(&screen.rows));
    let screen = screen.map(|screen| Aside::LastScreen {
        agent: screen.unit.to_string(),
        rows: screen.rows,
    });
    all.extend(screen.map(Happening::Journal));
    let facts = entry.actions.into_iter().filter_map(|action| match action {
        Action::Announce(fact) => Some(Happening::Event(Box::new(what_in(fact, zone)))),
        _ => None,
    });
    all.extend(facts);
    all
}

fn is_blank(rows: &[String]) -> bool {
    rows.iter().all(|row| row.trim().is_empty())
}

impl Subject {
    /// Whether this is about the subject itself.
    pub(super) fn is_about(&self, what: &Happening) -> bool {
        match self {
            Self::Fleet => true,
            Self::Watchdog => whom(what).is_empty(),
            Self::Unit { name, .. } => whom(what).contains(&name.as_str()),
        }
    }

    /// Whether this belongs into the subject's story: also what concerns everybody, and the limits
    /// of its account.
    pub(super) fn hears(&self, what: &Happening) -> bool {
        let Self::Unit { account, .. } = self else {
            return self.is_about(what);
        };
        if self.is_about(what) {
            return true;
        }
        match what {
            Happening::Journal(Aside::Begin { .. } | Aside::Missed { .. }) => true,
            Happening::Journal(Aside::LastScreen { .. }) => false,
            Happening::Event(what) => match &**what {
                What::Wanted { agent: None, .. }
                | What::Paused { agent: None, .. }
                | What::StormOver
                | What::Tmux { .. } => true,
                What::Limit { account: of, .. } | What::Lifted { account: of, .. } => {
                    of.is_some() && of == account
                }
                _ => false,
            },
        }
    }
}

/// Whom something happened to.
fn whom(what: &Happening) -> Vec<&str> {
    match what {
        Happening::Journal(Aside::LastScreen { agent, .. }) => vec![agent],
        Happening::Journal(_) => Vec::new(),
        Happening::Event(what) => what.agents(),
    }
}
