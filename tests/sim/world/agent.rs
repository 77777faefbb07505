//! Agents and services: what they are like, and the processes that they run as.

use std::time::Duration;

use ao::detect;
use ao::supervise::{Ending, Foreign, Letter, Op, UnitName};
use jiff::Timestamp;
use tmux_control::PaneId;

use super::screen::Screen;

/// What an agent is like, for a whole night.
#[derive(Debug, Clone)]
pub(crate) struct Temper {
    /// How long it works at a stretch, about.
    pub(crate) works: Duration,
    /// How long it rests in between, about.
    pub(crate) rests: Duration,
    /// Of a hundred turns so many end in something bad.
    pub(crate) trouble: u64,
    /// Its CLI goes on by itself after a limit.
    pub(crate) resumes_itself: bool,
    /// Its start types a prompt.
    pub(crate) prompted: bool,
    /// It takes conversations up again.
    pub(crate) resumes: bool,
    /// It has an end.
    pub(crate) task: bool,
    /// It is a service, with nothing on its screen.
    pub(crate) service: bool,
    /// Its screen can show that it works.
    pub(crate) shows_activity: bool,
}

/// What the supervisor was told of a unit, in its present life.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// Where it runs.
    pub(crate) place: Option<(PaneId, i32)>,
    /// Its process was said to have ended.
    pub(crate) dead: bool,
    /// What its screen was last said to show.
    pub(crate) fact: detect::Fact,
    /// Its prompt is being typed.
    pub(crate) prompting: bool,
    /// When it was started, awake.
    pub(crate) started: Option<Duration>,
    /// When its screen was last read for the supervisor, and what it showed.
    pub(crate) looked: Option<(Duration, detect::Seen)>,
    /// Actions whose results it waits for.
    pub(crate) under_way: Vec<(Op, Errand)>,
    /// The text that is being typed.
    pub(crate) typing: Option<Letter>,
}

/// What kind of action is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errand {
    Start,
    End,
    Clear,
    Look,
    Type,
    Answer,
}

/// An agent or a service.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) name: UnitName,
    pub(crate) temper: Temper,
    /// Which usage limit it shares.
    pub(crate) account: usize,
    pub(crate) processes: Vec<Process>,
    /// A start with the id of its conversation fails.
    pub(crate) bad_conversation: bool,
    /// Its conversation is full: taken up again it is full again.
    pub(crate) full: bool,
    /// Each of its dialogs comes again until then, awake.
    pub(crate) asks_until: Duration,
    /// No start works until then, awake.
    pub(crate) broken_until: Duration,
    /// Every process dies soon until then, awake.
    pub(crate) doomed_until: Duration,
    /// What its pane shows is not heard until then, awake.
    pub(crate) paused_until: Duration,
    pub(crate) told: Told,
}

/// A process, living or dead, with its pane.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) pane: Option<PaneId>,
    pub(crate) alive: bool,
    pub(crate) ending: Option<Ending>,
    pub(crate) screen: Screen,
    /// What is painted for a moment instead.
    pub(crate) painted: Option<Screen>,
    /// Since when it shows that, awake.
    pub(crate) since: Duration,
    /// A plan that is older than this is void.
    pub(crate) epoch: u32,
    /// When it last showed activity, awake.
    pub(crate) active: Duration,
    /// The phase that its kickoff was for.
    pub(crate) phase: Option<usize>,
    pub(crate) resumed: bool,
    pub(crate) prompting: bool,
    pub(crate) foreign: Option<Foreign>,
    /// It does not end with its terminal.
    pub(crate) stubborn: bool,
    /// The supervisor, or its memory on the disk, knows of it.
    pub(crate) known: bool,
    /// It went with the machine's last start.
    pub(crate) boot: u32,
    /// When it began to live, awake.
    pub(crate) born: Duration,
}

/// A usage limit.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Until when it is reached, by the true date.
    pub(crate) until: Option<Timestamp>,
    /// How a banner tells it.
    pub(crate) style: Style,
    /// Its spending is capped, until a person has seen to it.
    pub(crate) capped: bool,
}

/// How banners tell when a limit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Bare,
    Dated,
    Zoned,
    Span,
    Nothing,
}

impl Unit {
    pub(crate) fn living(&self) -> Option<&Process> {
        self.processes.iter().rev().find(|process| process.alive)
    }

    pub(crate) fn process(&mut self, pid: i32) -> Option<&mut Process> {
        self.processes.iter_mut().find(|process| process.pid == pid)
    }

    /// The process that has a pane, living or dead: the newest.
    pub(crate) fn in_pane(&self) -> Option<&Process> {
        self.processes
            .iter()
            .rev()
            .find(|process| process.pane.is_some())
    }

    pub(crate) fn forget_told(&mut self) {
        self.told = Told::default();
    }

    pub(crate) fn has_under_way(&self, errand: Errand) -> bool {
        self.told
            .under_way
            .iter()
            .any(|(_, known)| *known == errand)
    }

    /// Lets go of processes that are gone with their panes.
    pub(crate) fn bury(&mut self) {
        self.processes
            .retain(|process| process.alive || process.pane.is_some());
    }
}

impl Process {
    /// What is on the screen at this moment.
    pub(crate) fn shown(&self) -> &Screen {
        self.painted.as_ref().unwrap_or(&self.screen)
    }
}
