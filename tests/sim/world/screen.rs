//! What agents show and do, one step after the other.

use std::time::Duration;

use ao::detect::{self, Limit, Seen, Signal, Waiting};
use ao::supervise::{Ending, Foreign, Input};
use jiff::Timestamp;

use super::agent::{Style, Unit};
use super::banner::{bare, dated, span, zoned};
use super::{Event, World};
use crate::faults::Kind;

/// The dialogs that agents have, beside the one that waits for a key after a limit.
pub(crate) const DIALOGS: [&str; 3] = ["approval", "question", "trust"];

/// What a screen shows, as it is meant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Screen {
    /// Nothing yet.
    Blank,
    Working,
    Idle,
    /// It says until when it waits.
    Waiting(Waiting),
    /// The dialog of this name.
    Dialog(String),
    Login,
    Limited(Limit),
    /// It tries again by itself.
    Retrying,
    Fatal,
    /// Its conversation is full.
    Full,
    NoConversation,
}

impl Screen {
    /// The state that it is.
    pub(crate) fn seen(&self) -> Seen {
        match self {
            Self::Blank => Seen::Unknown,
            Self::Working => Seen::Working,
            Self::Idle | Self::Waiting(_) | Self::NoConversation => Seen::Idle,
            Self::Dialog(_) => Seen::NeedsPerson,
            Self::Login => Seen::Login,
            Self::Limited(_) => Seen::Limited,
            Self::Retrying => Seen::Retrying,
            Self::Fatal | Self::Full => Seen::Fatal,
        }
    }

    fn fact(&self, shows_activity: bool) -> detect::Fact {
        let mut fact = detect::Fact {
            state: self.seen(),
            ..detect::Fact::default()
        };
        let row = match self {
            Self::Working => (Signal::ActiveRe, "esc to interrupt"),
            Self::Dialog(_) => (Signal::DialogRe, "Do you want to proceed?"),
            Self::Login => (Signal::LoginRe, "Please run /login"),
            Self::Limited(_) => (Signal::LimitRe, "usage limit reached"),
            Self::Fatal => (Signal::FatalRe, "the session cannot go on"),
            Self::Full => (Signal::FatalRe, "Prompt is too long"),
            _ => (Signal::Silence, ""),
        };
        fact.signal = row.0;
        if !row.1.is_empty() {
            fact.rows = vec![row.1.to_owned()];
        }
        match self {
            Self::Limited(limit) => fact.limit = Some(limit.clone()),
            Self::Waiting(waiting) => fact.waiting = Some(*waiting),
            Self::Dialog(dialog) => fact.dialog = Some(dialog.clone()),
            Self::Full => fact.full = true,
            Self::NoConversation => fact.no_conversation = true,
            _ => {}
        }
        if !shows_activity && matches!(fact.state, Seen::Working | Seen::Idle) {
            fact.state = Seen::Unknown;
            fact.signal = Signal::Silence;
            fact.rows.clear();
        }
        fact
    }
}

impl Unit {
    /// What detection makes of a process's screen.
    pub(crate) fn fact_of(&self, pid: i32) -> detect::Fact {
        let process = self.processes.iter().find(|process| process.pid == pid);
        process.map_or_else(detect::Fact::default, |process| {
            let mut fact = process.shown().fact(self.temper.shows_activity);
            if process.painted.is_some() && self.temper.shows_activity {
                // Its own word says otherwise.
                fact.contradicts = Some((Signal::Status, Seen::Working));
            }
            fact
        })
    }
}

impl World {
    /// A process's screen changes, and what it does next is planned.
    pub(crate) fn show(&mut self, unit: usize, pid: i32, screen: Screen) {
        let awake = self.clock.awake;
        let Some(process) = self.units[unit].process(pid) else {
            return;
        };
        if process.screen == Screen::Working || screen == Screen::Working {
            process.active = awake;
        }
        process.screen = screen;
        process.since = awake;
        process.epoch += 1;
        self.paint(unit);
        self.plan(unit, pid);
    }

    /// Plans when a process does what it does next. What waits for somebody else has no plan.
    fn plan(&mut self, unit: usize, pid: i32) {
        let temper = self.units[unit].temper.clone();
        let doomed = self.units[unit].doomed_until > self.clock.awake;
        let date = self.clock.date();
        let zone = self.policy.zone.clone();
        let Some(process) = self.units[unit].process(pid) else {
            return;
        };
        let epoch = process.epoch;
        let screen = process.screen.clone();
        let spread = |world: &mut Self, about: Duration| {
            about.mul_f64(0.25) + world.chance.ms(0, 1500).mul_f64(about.as_secs_f64())
        };
        let delay = match screen {
            _ if doomed => self.chance.ms(300, 20_000),
            Screen::Blank => self.chance.ms(300, 6000),
            Screen::Working => spread(self, temper.works),
            Screen::Idle => spread(self, temper.rests),
            Screen::Waiting(waiting) => {
                let left = waiting.until(&zone).duration_since(date);
                let left = Duration::try_from(left).unwrap_or_default();
                if self.chance.percent(12) {
                    self.counts.hit(Kind::Oversleeps);
                    return;
                }
                left + self.chance.secs(1, 60)
            }
            Screen::Dialog(_) if self.chance.percent(15) => self.chance.ms(200, 4000),
            Screen::Dialog(_) => self.chance.secs(120, 2400),
            Screen::Retrying if self.chance.percent(40) => {
                self.counts.hit(Kind::RetriesLong);
                self.chance.secs(900, 9000)
            }
            Screen::Retrying => self.chance.secs(5, 300),
            Screen::Login => self.chance.secs(600, 7200),
            Screen::Limited(ref limit) if limit.resumes_itself => self.chance.secs(20, 100),
            Screen::NoConversation => self.chance.secs(2, 40),
            Screen::Limited(_) | Screen::Fatal | Screen::Full => return,
        };
        self.after(delay, Event::Step { unit, pid, epoch });
    }

    pub(crate) fn agent_steps(&mut self, unit: usize, pid: i32, epoch: u32) {
        let doomed = self.units[unit].doomed_until > self.clock.awake;
        let bad_conversation = self.units[unit].bad_conversation;
        let Some(process) = self.units[unit].process(pid) else {
            return;
        };
        if !process.alive || process.epoch != epoch {
            return;
        }
        let (screen, resumed) = (process.screen.clone(), process.resumed);
        if doomed {
            self.counts.hit(Kind::CrashLoop);
            return self.dies(unit, pid, 1);
        }
        match screen {
            Screen::Blank if resumed && bad_conversation => {
                if self.chance.percent(50) {
                    self.dies(unit, pid, 1);
                } else {
                    self.show(unit, pid, Screen::NoConversation);
                }
            }
            Screen::Blank if resumed && self.units[unit].full => self.show(unit, pid, Screen::Full),
            Screen::Blank if self.chance.percent(2) => {
                self.show(unit, pid, Screen::Dialog("trust".to_owned()));
            }
            Screen::Dialog(_) => {
                self.counts.hit(Kind::DialogVanishes);
                self.works(unit, pid);
            }
            Screen::NoConversation => self.dies(unit, pid, 1),
            Screen::Limited(_) => self.waits_out(unit, pid),
            Screen::Working => self.ends_turn(unit, pid),
            _ => self.works(unit, pid),
        }
    }

    /// It goes to work, unless its limit is reached.
    pub(crate) fn works(&mut self, unit: usize, pid: i32) {
        let screen = match self.banner(unit) {
            Some(limit) if !self.units[unit].temper.service => Screen::Limited(limit),
            _ => Screen::Working,
        };
        self.show(unit, pid, screen);
    }

    /// A CLI that goes on by itself looks whether its limit is over.
    fn waits_out(&mut self, unit: usize, pid: i32) {
        if self.account_is_free(unit) && self.chance.percent(45) {
            self.counts.hit(Kind::DialogReset);
            self.show(unit, pid, Screen::Dialog("reset".to_owned()));
        } else if self.account_is_free(unit) {
            self.counts.hit(Kind::ResumesItself);
            self.show(unit, pid, Screen::Working);
        } else {
            self.plan(unit, pid);
        }
    }

    pub(crate) fn account_is_free(&self, unit: usize) -> bool {
        let account = &self.accounts[self.units[unit].account];
        let until = account.until.filter(|_| !account.capped);
        !account.capped && until.is_none_or(|until| until <= self.clock.date())
    }

    /// What a screen says of the limit of a unit's account, if it is reached.
    fn banner(&mut self, unit: usize) -> Option<Limit> {
        if self.account_is_free(unit) {
            return None;
        }
        let account = self.accounts[self.units[unit].account].clone();
        if account.capped {
            self.counts.hit(Kind::LimitHard);
            return Some(Limit {
                hard: true,
                ..Limit::default()
            });
        }
        let until = account.until?;
        let (kind, text) = match account.style {
            Style::Bare => (Kind::LimitBare, bare(until, &self.policy.zone)),
            Style::Dated => (Kind::LimitDated, dated(until)),
            Style::Zoned => (Kind::LimitZoned, zoned(until)),
            Style::Span => (Kind::LimitSpan, span(until, self.clock.date())),
            Style::Nothing => (Kind::LimitWithoutReset, String::new()),
        };
        self.counts.hit(kind);
        let reset = detect::reset_in(&text);
        assert_eq!(
            reset.is_some(),
            !text.is_empty(),
            "a banner that is understood: {text}"
        );
        let resumes_itself = self.units[unit].temper.resumes_itself && reset.is_some();
        Some(Limit {
            hard: false,
            reset,
            resumes_itself,
        })
    }

    /// What follows a stretch of work.
    fn ends_turn(&mut self, unit: usize, pid: i32) {
        let temper = self.units[unit].temper.clone();
        if let Some(limit) = self.banner(unit).filter(|_| !temper.service) {
            return self.show(unit, pid, Screen::Limited(limit));
        }
        if temper.task && self.chance.percent(2) {
            self.counts.hit(Kind::Finishes);
            return self.dies(unit, pid, 0);
        }
        if !self.chance.percent(temper.trouble) {
            let calm = if self.chance.percent(15) && !temper.service {
                self.counts.hit(Kind::WaitsNear);
                let until = self.clock.wall() + self.chance.secs(240, 1800);
                self.marker(until)
            } else {
                Screen::Idle
            };
            return self.show(unit, pid, calm);
        }
        self.gets_into_trouble(unit, pid);
    }

    fn gets_into_trouble(&mut self, unit: usize, pid: i32) {
        let service = self.units[unit].temper.service;
        match self.chance.below(if service { 4 } else { 15 }) {
            0..=2 => {
                self.counts.hit(Kind::Dies);
                let status = *self.chance.pick(&[1, 2, 101, 137, 139]);
                self.dies(unit, pid, status);
            }
            3 => {
                self.counts.hit(Kind::Finishes);
                self.dies(unit, pid, 0);
            }
            4 => {
                self.counts.hit(Kind::FatalScreen);
                self.show(unit, pid, Screen::Fatal);
            }
            5 => {
                self.counts.hit(Kind::AsksForLogin);
                self.show(unit, pid, Screen::Login);
            }
            6 => {
                self.counts.hit(Kind::ShowsDialog);
                let dialog = *self.chance.pick(&DIALOGS);
                self.show(unit, pid, Screen::Dialog(dialog.to_owned()));
            }
            12 => self.is_full(unit, pid),
            13 => {
                self.counts.hit(Kind::Retries);
                self.show(unit, pid, Screen::Retrying);
            }
            14 => {
                self.counts.hit(Kind::ShowsDialog);
                self.show(unit, pid, Screen::Dialog("approval".to_owned()));
            }
            7 => {
                self.counts.hit(Kind::WaitsFar);
                let until = self.clock.wall() + self.chance.secs(20 * 3600, 60 * 3600);
                let marker = self.marker(until);
                self.show(unit, pid, marker);
            }
            8 => self.runs_something_else(unit, pid),
            9 => self.mis_paints(unit, pid),
            _ => self.hangs(unit, pid),
        }
    }

    fn marker(&mut self, until: Timestamp) -> Screen {
        let zone = &self.policy.zone;
        let text = if self.chance.percent(50) {
            format!("WAITING-UNTIL: {until:.0}")
        } else {
            let local = zone.to_datetime(until);
            format!("WAITING-UNTIL: {}", local.strftime("%Y-%m-%dT%H:%M:%S"))
        };
        let waiting = detect::waiting_in([text.as_str()].into_iter(), false);
        waiting.map_or(Screen::Idle, Screen::Waiting)
    }

    /// It falls silent, and nothing but a text or a restart ends that.
    pub(crate) fn hangs(&mut self, unit: usize, pid: i32) {
        self.counts.hit(Kind::Hangs);
        self.show(unit, pid, Screen::Idle);
        if let Some(process) = self.units[unit].process(pid) {
            process.epoch += 1;
        }
    }

    fn runs_something_else(&mut self, unit: usize, pid: i32) {
        self.counts.hit(Kind::WrongProgram);
        let foreign = Foreign {
            runs: "codex".to_owned(),
            expected: "claude".to_owned(),
        };
        self.show(unit, pid, Screen::Idle);
        if let Some(process) = self.units[unit].process(pid) {
            process.epoch += 1;
            process.foreign = Some(foreign.clone());
        }
        if self.hears()
            && self.units[unit]
                .told
                .place
                .is_some_and(|place| place.1 == pid)
        {
            let unit = self.units[unit].name.clone();
            let foreign = Some(foreign);
            self.tell(Input::Runs { unit, pid, foreign });
        }
    }

    /// For a moment its screen shows something that is not so.
    pub(crate) fn mis_paints(&mut self, unit: usize, pid: i32) {
        self.counts.hit(Kind::MisPaints);
        self.counts.hit(Kind::Contradicts);
        let limit = Limit {
            hard: self.chance.percent(30),
            reset: None,
            resumes_itself: false,
        };
        let wrong = [
            Screen::Full,
            Screen::Fatal,
            Screen::Login,
            Screen::Limited(limit),
            Screen::Dialog("approval".to_owned()),
        ];
        let wrong = self.chance.pick(&wrong).clone();
        self.show(unit, pid, Screen::Working);
        if let Some(process) = self.units[unit].process(pid) {
            process.painted = Some(wrong);
        }
        self.paint(unit);
        let moment = self.chance.ms(50, 4000);
        self.after(moment, Event::Repaint { unit, pid });
    }

    pub(crate) fn repaint(&mut self, unit: usize, pid: i32) {
        if let Some(process) = self.units[unit].process(pid) {
            process.painted = None;
            self.paint(unit);
        }
    }

    /// A process ends.
    pub(crate) fn dies(&mut self, unit: usize, pid: i32, status: i32) {
        let ending = Ending {
            status: Some(status),
            reason: (status > 128).then(|| format!("signal {}", status - 128)),
        };
        self.ends(unit, pid, ending);
    }

    pub(crate) fn ends(&mut self, unit: usize, pid: i32, ending: Ending) {
        let Some(process) = self.units[unit].process(pid) else {
            return;
        };
        if !process.alive {
            return;
        }
        process.alive = false;
        process.epoch += 1;
        process.ending = Some(ending);
        self.note_end(unit, pid);
        if self.tmux.loses_events && self.machine.is_some() {
            self.counts.hit(Kind::EventLost);
        } else {
            self.tell_death(unit, pid);
        }
        self.units[unit].bury();
    }
}
