//! Panes as tmux lists them.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::{PaneId, SessionId, TmuxError, WindowId};
use crate::os::process::Pid;

/// What ao writes on a pane that is one of its agents: the pane's options `@ao_*`. They stay with
/// the pane wherever it is moved, and a pane that a person splits off does not get them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tags {
    /// `@ao_agent`: the agent's or service's name, with `%25` for `%` and `%24` for `$`.
    pub agent: String,
    /// `@ao_fleet`: the fleet it belongs to, 16 hexadecimal digits.
    pub fleet: String,
    /// `@ao_start`: how it was started, as the daemon wrote it.
    pub start: String,
}

/// What stands for a `$` and for itself in an agent's name on its pane: tmux 3.4 puts a backslash
/// before a `$` that looks like the beginning of a variable, when it is asked for the value.
const ESCAPES: [(char, &str); 2] = [('%', "%25"), ('$', "%24")];

impl Tags {
    /// The agent's name as `@ao_agent` has it.
    pub(super) fn agent_on_pane(&self) -> String {
        let escape = |text: String, (from, to): (char, &str)| text.replace(from, to);
        ESCAPES.into_iter().fold(self.agent.clone(), escape)
    }

    /// The agent's name from what `@ao_agent` has.
    fn agent_from_pane(text: &str) -> String {
        let escapes = ESCAPES.into_iter().rev();
        escapes.fold(text.to_owned(), |text, (to, from)| {
            text.replace(from, to.encode_utf8(&mut [0; 4]))
        })
    }
}

/// One pane of the server, whatever the number of sessions that show its window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pane {
    /// Its id, which it keeps for as long as it lives.
    pub pane: PaneId,
    /// The window that it is in.
    pub window: WindowId,
    /// The session, not a hub, that shows its window, and that session's name as tmux writes it;
    /// the oldest one if there are several. None: only a hub shows it.
    pub home: Option<(SessionId, String)>,
    /// The process that was started in it. None for a pane without one.
    pub pid: Option<Pid>,
    /// Whether tmux knows that the process has ended. tmux misses deaths: ask the system as well.
    pub dead: bool,
    /// With what status it ended, as far as tmux knows.
    pub dead_status: Option<i32>,
    /// By what signal it ended (tmux 3.3 and newer).
    pub dead_signal: Option<i32>,
    /// The name of the command in its foreground, as tmux sees it. The command chooses it.
    pub command: String,
    /// What ao wrote on it; None if it is not ao's.
    pub tags: Option<Tags>,
    /// Whether its window is linked into this fleet's hub. Always false without a connection.
    pub in_hub: bool,
    /// Whether its output goes to a command too, as by the predecessor.
    pub piped: bool,
    /// Whether a person looks at its history: keys would go to the mode, not to the program.
    pub in_mode: bool,
    /// Its width and height in cells.
    pub size: (u16, u16),
    /// Whether somebody is attached to its home session.
    pub attached: bool,
    /// How many panes its window has.
    pub window_panes: u32,
}

/// What every hub's name begins with.
pub(super) const HUB_PREFIX: &str = "ao-hub-";

/// Numbers first, in one piece; then the texts, each of which may hold anything.
const NUMBERS: [&str; 13] = [
    "session_id",
    "window_id",
    "pane_id",
    "pane_pid",
    "pane_dead",
    "pane_dead_status",
    "pane_dead_signal",
    "pane_pipe",
    "pane_in_mode",
    "pane_width",
    "pane_height",
    "session_attached",
    "window_panes",
];
const TEXTS: [&str; 5] = [
    "session_name",
    "@ao_agent",
    "@ao_fleet",
    "@ao_start",
    "pane_current_command",
];
/// The numbers, the texts, and the newline after them.
const PIECES: usize = 1 + TEXTS.len() + 1;

/// A question for all panes, and how its answer is read.
///
/// Names and commands may hold tabs and newlines, and a program can choose what its command is
/// called. So the pieces of a row are parted by a mark that no program can know.
pub(super) struct Listing {
    mark: String,
}

struct Row {
    session: SessionId,
    session_name: String,
    pane: Pane,
}

impl Listing {
    pub(super) fn new() -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self {
            mark: format!("|{random:016x}|"),
        }
    }

    /// The format for `list-panes -F`.
    pub(super) fn format(&self) -> String {
        let mark = &self.mark;
        let numbers: Vec<_> = NUMBERS.iter().map(|name| format!("#{{{name}}}")).collect();
        let mut format = format!("{mark}{}{mark}", numbers.join(" "));
        for name in TEXTS {
            format.push_str(&format!("#{{{name}}}{mark}"));
        }
        format
    }

    /// Reads the answer: one pane each, in the order of their ids.
    pub(super) fn panes(
        &self,
        answer: &[u8],
        hub: Option<SessionId>,
    ) -> Result<Vec<Pane>, TmuxError> {
        let text = String::from_utf8_lossy(answer);
        let pieces: Vec<&str> = text.split(&self.mark).collect();
        let wrong = |at: &str| TmuxError::Answer {
            answer: at.chars().take(200).collect(),
        };
        let (Some(&""), rows) = (pieces.first(), pieces.get(1..).unwrap_or_default()) else {
            return Err(wrong(&text));
        };
        let mut panes = BTreeMap::new();
        for piece in rows.chunks(PIECES) {
            let row = row(piece).ok_or_else(|| wrong(&piece.join(" ")))?;
            merge(&mut panes, row, hub);
        }
        Ok(panes.into_values().collect())
    }
}

fn row(pieces: &[&str]) -> Option<Row> {
    let &[numbers, session_name, agent, fleet, start, command, end] = pieces else {
        return None;
    };
    let numbers: Vec<&str> = numbers.split(' ').collect();
    let &[
        session,
        window,
        pane,
        pid,
        dead,
        dead_status,
        dead_signal,
        piped,
        in_mode,
        width,
        height,
        attached,
        window_panes,
    ] = numbers.as_slice()
    else {
        return None;
    };
    let tags = Tags {
        agent: Tags::agent_from_pane(agent),
        fleet: fleet.to_owned(),
        start: start.to_owned(),
    };
    let pane = Pane {
        pane: pane.parse().ok()?,
        window: window.parse().ok()?,
        home: None,
        pid: pid.parse().ok().and_then(Pid::new),
        dead: dead == "1",
        dead_status: dead_status.parse().ok(),
        dead_signal: dead_signal.parse().ok(),
        command: command.to_owned(),
        tags: (!fleet.is_empty()).then_some(tags),
        in_hub: false,
        piped: piped == "1",
        // Modes can be stacked: it is a count.
        in_mode: in_mode != "0" && !in_mode.is_empty(),
        size: (width.parse().ok()?, height.parse().ok()?),
        attached: attached != "0" && !attached.is_empty(),
        window_panes: window_panes.parse().ok()?,
    };
    matches!(end, "\n" | "").then_some(())?;
    Some(Row {
        session: session.parse().ok()?,
        session_name: session_name.to_owned(),
        pane,
    })
}

/// A pane is listed once for every session that shows its window: by its home, by a hub, by a group.
fn merge(panes: &mut BTreeMap<PaneId, Pane>, row: Row, hub: Option<SessionId>) {
    let is_hub = Some(row.session) == hub || is_hub_name(&row.session_name);
    let attached = row.pane.attached && !is_hub;
    let pane = panes.entry(row.pane.pane).or_insert(Pane {
        attached: false,
        ..row.pane
    });
    pane.in_hub |= Some(row.session) == hub;
    pane.attached |= attached;
    let is_older = pane.home.as_ref().is_none_or(|(id, _)| row.session < *id);
    if !is_hub && is_older {
        pane.home = Some((row.session, row.session_name));
    }
}

fn is_hub_name(name: &str) -> bool {
    name.strip_prefix(HUB_PREFIX)
        .is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUB: &str = "ao-hub-0123456789abcdef";

    fn answer(listing: &Listing, rows: &[(&str, &[&str; 5])]) -> Vec<u8> {
        let mut answer = String::new();
        for (numbers, texts) in rows {
            let mark = &listing.mark;
            answer.push_str(&format!(
                "{mark}{numbers}{mark}{}{mark}\n",
                texts.join(mark)
            ));
        }
        answer.into_bytes()
    }

    #[test]
    fn a_pane_in_its_home_and_in_the_hub_is_one_pane() {
        let listing = Listing::new();
        let agent = ["agent", "a", "f", "s", "claude"];
        let rows = [
            (
                "$0 @1 %1 4321 0   0 0 80 24 2 1",
                &[HUB, "a", "f", "s", "claude"],
            ),
            ("$3 @1 %1 4321 0   0 0 80 24 0 1", &agent),
        ];
        let panes = listing.panes(&answer(&listing, &rows), Some(SessionId(0)));
        let panes = panes.unwrap();
        assert_eq!(panes.len(), 1);
        assert_eq!(panes[0].home, Some((SessionId(3), "agent".to_owned())));
        assert!(panes[0].in_hub);
        assert!(!panes[0].attached, "the clients on the hub are nobody");
        assert_eq!(panes[0].tags.as_ref().unwrap().agent, "a");
        assert_eq!(panes[0].pid, Pid::new(4321));
    }

    #[test]
    fn an_agents_name_survives_its_way_over_the_pane() {
        for name in ["a", "$HOME", "100%", "%24", "%2524", "a$%b", "\\$x"] {
            let tags = Tags {
                agent: name.to_owned(),
                ..Tags::default()
            };
            let written = tags.agent_on_pane();
            assert!(!written.contains('$'), "{written}");
            assert_eq!(Tags::agent_from_pane(&written), name);
        }
    }

    #[test]
    fn a_pane_that_only_a_hub_shows_has_no_home() {
        let listing = Listing::new();
        let rows = [("$0 @1 %1 4321 1 3  1 1 80 24 2 1", &[HUB, "", "", "", "sh"])];
        // Who has no connection knows a hub by its name.
        let panes = listing.panes(&answer(&listing, &rows), None).unwrap();
        assert_eq!((&panes[0].home, panes[0].in_hub), (&None, false));
        assert_eq!((panes[0].dead, panes[0].dead_status), (true, Some(3)));
        assert_eq!((panes[0].piped, panes[0].in_mode), (true, true));
        assert_eq!(panes[0].tags, None);
    }

    #[test]
    fn names_with_newlines_and_forged_rows_are_only_names() {
        let listing = Listing::new();
        let forged = "x\n|0000000000000000|$9 @9 %9 1 0   0 0 80 24 0 1|\n";
        let rows = [(
            "$1 @1 %1 7 0   0 0 80 24 0 1",
            &["a\tb", "a", "f", "", forged],
        )];
        let panes = listing.panes(&answer(&listing, &rows), None).unwrap();
        assert_eq!(panes.len(), 1);
        assert_eq!(panes[0].command, forged);
    }

    #[test]
    fn an_answer_that_was_cut_is_an_error() {
        let listing = Listing::new();
        let rows = [("$1 @1 %1 7 0   0 0 80 24 0 1", &["a", "a", "f", "", "c"])];
        let whole = answer(&listing, &rows);
        assert!(listing.panes(b"", None).unwrap().is_empty());
        for end in 1..whole.len() - 1 {
            assert!(listing.panes(&whole[..end], None).is_err(), "{end}");
        }
    }
}
