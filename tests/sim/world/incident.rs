//! What strikes from outside, and how it is over again.

use std::time::Duration;

use ao::supervise::{Done, Input, Supervisor, UnitName};
use jiff::SignedDuration;

use super::agent::Style;
use super::git::About;
use super::{Event, World};
use crate::faults::Kind;

/// Something that strikes from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incident {
    ServerDies,
    TmuxHangs,
    ConnectionLost,
    EventsLost,
    PanePaused,
    PaneVanishes,
    LimitReached,
    StartsBreak,
    ConversationsLost,
    CrashLoop,
    CapReached,
    ConversationFills,
    AsksAgain,
    Claim,
    Review,
    Inbox,
    GitSlow,
    GitGone,
    Rewritten,
    DiskFull,
    OlderMemory,
    JumpForward,
    JumpBack,
    Suspend,
    Kill,
    KillBetweenActions,
    Reboot,
}

impl Incident {
    /// All of them, as often as they are drawn.
    pub(crate) const ALL: [Incident; 32] = [
        Self::ServerDies,
        Self::ServerDies,
        Self::TmuxHangs,
        Self::ConnectionLost,
        Self::EventsLost,
        Self::PanePaused,
        Self::PaneVanishes,
        Self::LimitReached,
        Self::LimitReached,
        Self::StartsBreak,
        Self::ConversationsLost,
        Self::CrashLoop,
        Self::CapReached,
        Self::ConversationFills,
        Self::AsksAgain,
        Self::AsksAgain,
        Self::Claim,
        Self::Review,
        Self::Inbox,
        Self::GitSlow,
        Self::GitGone,
        Self::Rewritten,
        Self::DiskFull,
        Self::OlderMemory,
        Self::JumpForward,
        Self::JumpBack,
        Self::Suspend,
        Self::Kill,
        Self::Kill,
        Self::KillBetweenActions,
        Self::KillBetweenActions,
        Self::Reboot,
    ];
}

/// How something is over again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repair {
    /// A watchdog is started.
    Watchdog,
    /// A person has seen to the cap of an account.
    Cap(usize),
    /// tmux can be reached.
    Connection,
    /// It gave no answer for too long: the connection is given up.
    GiveUp,
    /// It answers again.
    Answers,
    /// Events are heard again, and the panes are listed.
    Events,
    /// A pane is heard again.
    Pane(usize),
    Git,
    Disk,
    /// The wall clock is set right.
    Clock,
}

impl World {
    pub(crate) fn strike(&mut self, incident: Incident) {
        let awake = self.clock.awake;
        self.note(|| format!("{incident:?}"));
        match incident {
            Incident::ServerDies => self.server_dies(),
            Incident::TmuxHangs => self.tmux_hangs(),
            Incident::ConnectionLost => {
                self.counts.hit(Kind::ConnectionLost);
                self.lose(false);
                let back = self.chance.ms(500, 60_000);
                self.after(back, Event::Repair(Repair::Connection));
            }
            Incident::EventsLost => {
                self.tmux.loses_events = true;
                let unit = self.chance.index(self.units.len());
                self.strikes_down(unit, 1);
                let back = self.chance.secs(60, 1200);
                self.after(back, Event::Repair(Repair::Events));
            }
            Incident::PanePaused => {
                self.counts.hit(Kind::PanePaused);
                let unit = self.chance.index(self.units.len());
                let pause = self.chance.secs(5, 120);
                self.units[unit].paused_until = awake + pause;
                self.after(pause, Event::Repair(Repair::Pane(unit)));
            }
            Incident::PaneVanishes => self.pane_vanishes(),
            Incident::LimitReached => self.limit_reached(),
            Incident::StartsBreak => {
                let unit = self.chance.index(self.units.len());
                self.units[unit].broken_until = awake + self.chance.secs(30, 3600);
                self.strikes_down(unit, 1);
            }
            Incident::ConversationsLost => {
                let unit = self.resumer();
                self.units[unit].bad_conversation = true;
                self.strikes_down(unit, 1);
            }
            Incident::CrashLoop => {
                let unit = self.chance.index(self.units.len());
                self.units[unit].doomed_until = awake + self.chance.secs(60, 3600);
                self.strikes_down(unit, 1);
            }
            Incident::CapReached => {
                let unit = self.chance.index(self.units.len());
                let account = self.units[unit].account;
                self.accounts[account].capped = true;
                let raised = self.chance.secs(1200, 6 * 3600);
                self.after(raised, Event::Repair(Repair::Cap(account)));
            }
            Incident::ConversationFills => {
                let unit = self.resumer();
                self.fills(unit);
            }
            Incident::AsksAgain => {
                let unit = self.chance.index(self.units.len() - 1);
                self.units[unit].asks_until = awake + self.chance.secs(60, 1800);
                self.asks(unit);
            }
            Incident::Claim => self.pushed(About::Claim),
            Incident::Review => self.pushed(About::Review),
            Incident::Inbox => {
                let which = self.chance.index(2);
                self.inbox(which);
            }
            Incident::GitSlow => {
                self.counts.hit(Kind::GitSlow);
                self.git.slow = true;
                let back = self.chance.secs(60, 3600);
                self.after(back, Event::Repair(Repair::Git));
            }
            Incident::GitGone => {
                self.counts.hit(Kind::GitGone);
                self.git.gone = true;
                let back = self.chance.secs(60, 7200);
                self.after(back, Event::Repair(Repair::Git));
            }
            Incident::Rewritten => self.rewritten(),
            Incident::DiskFull => {
                self.counts.hit(Kind::DiskFull);
                self.disk.full = true;
                let back = self.chance.secs(60, 7200);
                self.after(back, Event::Repair(Repair::Disk));
            }
            Incident::OlderMemory => {
                self.disk.tears = true;
                self.strike(Incident::Kill);
            }
            Incident::JumpForward | Incident::JumpBack => self.clock_jumps(incident),
            Incident::Suspend => {
                self.counts.hit(Kind::Suspends);
                let slept = self.chance.secs(600, 8 * 3600);
                self.clock.sleep(slept);
                self.truth.gap(awake);
            }
            Incident::Kill => {
                if self.machine.is_some() {
                    self.counts.hit(Kind::Killed);
                    self.killed(None);
                }
            }
            Incident::KillBetweenActions => self.kill_before = Some(self.chance.index(7)),
            Incident::Reboot => self.reboots(),
        }
    }

    /// An agent whose conversation is taken up again, if there is one.
    fn resumer(&mut self) -> usize {
        let units = self.units.iter().enumerate();
        let resumers: Vec<usize> = units
            .filter(|(_, unit)| unit.temper.resumes)
            .map(|(index, _)| index)
            .collect();
        match resumers.is_empty() {
            true => 0,
            false => *self.chance.pick(&resumers),
        }
    }

    /// Whatever runs of a unit ends.
    fn strikes_down(&mut self, unit: usize, status: i32) {
        if let Some(pid) = self.units[unit].living().map(|process| process.pid) {
            self.dies(unit, pid, status);
        }
    }

    fn tmux_hangs(&mut self) {
        self.counts.hit(Kind::TmuxHangs);
        let hangs = self.chance.secs(3, 300);
        self.tmux.hung_until = self.clock.awake + hangs;
        self.tmux.calm_since = self.tmux.hung_until;
        if hangs > Duration::from_secs(10) {
            self.after(Duration::from_secs(10), Event::Repair(Repair::GiveUp));
            self.after(hangs, Event::Repair(Repair::Connection));
        } else {
            self.after(hangs, Event::Repair(Repair::Answers));
        }
    }

    fn pane_vanishes(&mut self) {
        let running =
            |unit: &super::agent::Unit| unit.living().is_some_and(|process| process.pane.is_some());
        let units = self.units.iter().enumerate();
        let units: Vec<usize> = units
            .filter(|(_, unit)| running(unit))
            .map(|(index, _)| index)
            .collect();
        if units.is_empty() {
            return;
        }
        self.counts.hit(Kind::PaneVanishes);
        let unit = *self.chance.pick(&units);
        let n = self.units[unit]
            .processes
            .iter()
            .rposition(|process| process.alive);
        if let Some(n) = n {
            self.loses_terminal(unit, n);
            self.units[unit].bury();
        }
        self.list();
    }

    fn limit_reached(&mut self) {
        let unit = self.chance.index(self.units.len());
        let account = self.units[unit].account;
        if !self.account_is_free(unit) {
            // What its banners say goes on to be so.
            return;
        }
        let styles = [
            Style::Bare,
            Style::Dated,
            Style::Zoned,
            Style::Span,
            Style::Nothing,
        ];
        let style = *self.chance.pick(&styles);
        let most = match style {
            Style::Bare | Style::Zoned => 5 * 3600,
            _ => 9 * 3600,
        };
        let soon = self.chance.percent(60);
        let ahead = self.chance.secs(300, if soon { 3600 } else { most });
        // Banners name whole minutes.
        let until = (self.clock.date() + ahead).as_second() / 60 * 60 + 60;
        let until = jiff::Timestamp::from_second(until).expect("a date of this century");
        self.accounts[account].until = Some(until);
        self.accounts[account].style = style;
    }

    fn clock_jumps(&mut self, incident: Incident) {
        let by = SignedDuration::try_from(self.chance.secs(600, 5 * 3600)).expect("hours");
        if incident == Incident::JumpForward {
            self.counts.hit(Kind::JumpsForward);
            self.clock.skew += by;
        } else {
            self.counts.hit(Kind::JumpsBack);
            self.clock.skew -= by;
        }
        self.truth.clock_was_set(self.clock.awake);
        let back = self.chance.secs(600, 3 * 3600);
        self.after(back, Event::Repair(Repair::Clock));
    }

    fn reboots(&mut self) {
        self.counts.hit(Kind::Reboots);
        self.killed(None);
        for unit in &mut self.units {
            unit.processes.clear();
        }
        self.clock.reboot();
        self.truth.rebooted(self.clock.awake);
    }

    pub(crate) fn repair(&mut self, repair: Repair) {
        let awake = self.clock.awake;
        match repair {
            Repair::Watchdog => self.watchdog_starts(),
            Repair::Cap(account) => self.cap_is_raised(account),
            Repair::Connection => {
                if !self.tmux.connected {
                    self.connect();
                }
            }
            Repair::GiveUp => self.lose(false),
            Repair::Answers => self.sync(),
            Repair::Events => {
                self.tmux.loses_events = false;
                self.list();
            }
            Repair::Pane(unit) => self.paint(unit),
            Repair::Git => {
                self.git.slow = false;
                self.git.gone = false;
                self.git.calm_since = awake;
            }
            Repair::Disk => self.disk.full = false,
            Repair::Clock => {
                self.clock.skew = SignedDuration::ZERO;
                self.truth.clock_was_set(awake);
            }
        }
    }

    /// A watchdog comes up, with what the one before it remembered.
    fn watchdog_starts(&mut self) {
        if self.machine.is_some() {
            return;
        }
        self.note(|| "a watchdog starts".to_owned());
        self.machine = Some(Supervisor::new(self.memory(), self.chance.roll()));
        self.tmux.connected = false;
        self.truth.born(self.clock.awake);
        self.configured();
        self.tell_sequence();
        for unit in 0..self.units.len() {
            if let Some(hold) = self.files.holds[unit] {
                self.hold_file(unit, Some(hold));
            }
        }
        let late = self.chance.ms(50, 2000);
        self.after(late, Event::Repair(Repair::Connection));
    }

    pub(crate) fn configured(&mut self) {
        let policy = Box::new(self.policy.clone());
        let fleet = self.fleet.clone();
        let names = self.machine.iter().flat_map(Supervisor::units);
        let known: Vec<UnitName> = names.map(|unit| unit.name().clone()).collect();
        for unit in &mut self.units {
            // What was told of a unit that it does not know yet was told to nobody.
            if !known.contains(&unit.name) {
                unit.told.dead = false;
                unit.told.fact = ao::detect::Fact::default();
            }
        }
        self.tell(Input::Configured { policy, fleet });
        self.watch_anew();
        self.list();
    }

    /// What was taken over is watched from now on, and may have ended before that.
    pub(crate) fn watch_anew(&mut self) {
        let Some(machine) = &self.machine else { return };
        let runs = |unit: &ao::supervise::Unit| {
            let (_, pid) = unit.running().filter(|_| unit.runs_in().is_some())?;
            Some((self.index_of(unit.name())?, pid))
        };
        let running: Vec<(usize, i32)> = machine.units().filter_map(runs).collect();
        for (unit, pid) in running {
            let process = self.units[unit].process(pid);
            if process.is_none_or(|process| !process.alive) && !self.tmux.loses_events {
                self.units[unit].told.dead = false;
                self.tell_death(unit, pid);
            }
        }
    }

    /// The loop agents get somewhere.
    pub(crate) fn phase_work(&mut self) {
        let again = self.chance.secs(1800, 4 * 3600);
        self.after(again, Event::PhaseWork);
        let Some(phase) = self.files.kickoff() else {
            return;
        };
        let at_work = self.units.iter().any(|unit| {
            let living = unit.living();
            living.is_some_and(|process| process.phase == Some(phase))
        });
        if !at_work || self.files.done[phase] == Done::Yes {
            return;
        }
        if self.chance.percent(40) {
            self.counts.hit(Kind::BareMarker);
            self.files.mark(phase, Done::Bare);
            let settles = self.chance.ms(1000, 25_000);
            self.after(settles, Event::MarkerSettles { phase });
        } else {
            self.counts.hit(Kind::PhaseDone);
            self.files.mark(phase, Done::Yes);
        }
        self.truth
            .marked(phase, self.files.done[phase], self.clock.awake);
        self.tell_sequence();
    }

    /// Whoever wrote a bare marker writes what stands behind it.
    pub(crate) fn marker_settles(&mut self, phase: usize) {
        if self.files.done.get(phase) != Some(&Done::Bare) {
            return;
        }
        let done = match self.chance.below(3) {
            0 => return,
            1 => {
                self.counts.hit(Kind::MarkerWithdrawn);
                Done::No
            }
            _ => {
                self.counts.hit(Kind::PhaseDone);
                Done::Yes
            }
        };
        self.files.mark(phase, done);
        self.truth
            .marked(phase, self.files.done[phase], self.clock.awake);
        self.tell_sequence();
    }
}
