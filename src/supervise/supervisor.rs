//! The fleet's machine: what is wanted, whether tmux is there, and a machine for each unit.

use std::collections::BTreeMap;
use std::time::Duration;

use super::input::{Action, Ask, Fact, Input, Now, UnitName, UnitSpec};
use super::unit::{Context, Unit};
use super::{Memory, Policy};

/// Decides for a whole fleet. See the [module](super).
#[derive(Debug)]
pub struct Supervisor {
    policy: Policy,
    /// What was asked of the whole fleet.
    fleet: Option<bool>,
    /// In the config's order; what the config no longer has stands at the end.
    units: Vec<Unit>,
    memory: Memory,
    ready: bool,
    last_op: u64,
}

impl Supervisor {
    /// A machine that knows what an earlier one remembered.
    #[must_use]
    pub fn new(policy: Policy, memory: Memory) -> Self {
        Self {
            policy,
            fleet: memory.fleet,
            units: Vec::new(),
            memory,
            ready: false,
            last_op: 0,
        }
    }

    /// Changes the policy from now on.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// What was asked of the whole fleet: up, down, or nothing yet.
    #[must_use]
    pub fn fleet_wanted(&self) -> Option<bool> {
        self.fleet
    }

    /// All units, in the config's order.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter()
    }

    /// One unit.
    #[must_use]
    pub fn unit(&self, name: &UnitName) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.name() == name)
    }

    /// What has to be known again after a restart of the watchdog.
    #[must_use]
    pub fn memory(&self) -> Memory {
        // Names that the config does not have at the moment keep what was asked of them: a
        // mistake in the config must not undo an operator's word.
        let mut memory = self.memory.clone();
        memory.fleet = self.fleet;
        for unit in &self.units {
            let name = unit.name().as_str();
            set(&mut memory.wanted, name, unit.wanted);
            set(
                &mut memory.backoff,
                name,
                (unit.restarts() > 0).then_some(unit.backoff),
            );
            memory.done.retain(|done| done != name);
            if unit.done {
                memory.done.push(name.to_owned());
            }
        }
        memory
    }

    /// When to call [`handle`](Self::handle) with [`Input::Tick`] if nothing happens before: a
    /// time of the monotonic clock.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        self.units
            .iter()
            .filter_map(|unit| unit.deadline(&self.policy, self.ready))
            .min()
    }

    /// Takes in one input and appends what has to be done about it.
    pub fn handle(&mut self, now: Now, input: Input, out: &mut Vec<Action>) {
        let mut remember = false;
        let mut reconcile = false;
        match input {
            Input::Configured(specs) => {
                self.configure(now, specs);
                reconcile = self.ready;
            }
            Input::Asked(ask) => {
                remember = true;
                reconcile = ask == Ask::Watch && self.ready;
                self.ask(now, ask, out, &mut remember);
            }
            Input::Connected => self.ready = false,
            Input::Lost { server_gone } => {
                self.ready = false;
                if server_gone {
                    self.each(now, out, &mut remember, |unit, ctx| {
                        unit.lost_pane(ctx, "its tmux server went away");
                    });
                }
            }
            Input::Observed(list) => {
                self.ready = true;
                for seen in &list {
                    self.one(now, out, &mut remember, &seen.unit, |unit, ctx| {
                        unit.seen(ctx, seen)
                    });
                }
                reconcile = true;
            }
            Input::Vanished { unit, pane } => {
                self.one(now, out, &mut remember, &unit, |unit, ctx| {
                    if unit.runs_in() == Some(pane) {
                        unit.lost_pane(ctx, "its pane went away");
                    }
                });
            }
            Input::Started {
                unit,
                op,
                pane,
                pid,
            } => {
                self.one(now, out, &mut remember, &unit, |u, ctx| {
                    u.started(ctx, op, pane, pid)
                });
            }
            Input::StartFailed {
                unit,
                op,
                reason,
                fault,
                spared,
            } => {
                self.one(now, out, &mut remember, &unit, |unit, ctx| {
                    unit.start_failed(ctx, op, reason, fault, spared);
                });
            }
            Input::Shows { unit, pane, fact } => {
                self.one(now, out, &mut remember, &unit, |unit, _| {
                    unit.shows(pane, fact);
                });
            }
            Input::Died {
                unit,
                pane,
                pid,
                ending,
            } => {
                self.one(now, out, &mut remember, &unit, |unit, ctx| {
                    unit.died(ctx, (pane, pid), ending);
                });
            }
            Input::Ended { unit, op } => {
                self.one(now, out, &mut remember, &unit, |unit, ctx| {
                    unit.ended(ctx, op)
                });
            }
            Input::Cleared { unit, op } => {
                self.one(now, out, &mut remember, &unit, |unit, ctx| {
                    unit.cleared(ctx, op)
                });
            }
            Input::Respawned {
                unit,
                op,
                pane,
                pid,
            } => {
                self.one(now, out, &mut remember, &unit, |u, ctx| {
                    u.respawned(ctx, op, pane, pid)
                });
            }
            Input::Tick => {}
        }
        self.each(now, out, &mut remember, |unit, ctx| {
            if reconcile {
                unit.reconcile(ctx);
            }
            if ctx.ready {
                unit.tick(ctx);
            }
            unit.judge(ctx);
        });
        if self.units.iter().any(Unit::forgotten) {
            self.memory = self.memory();
            self.units.retain(|unit| !unit.forgotten());
        }
        if remember {
            out.push(Action::Remember);
        }
    }

    fn configure(&mut self, now: Now, specs: Vec<UnitSpec>) {
        let mut old: BTreeMap<UnitName, Unit> = std::mem::take(&mut self.units)
            .into_iter()
            .map(|unit| (unit.name().clone(), unit))
            .collect();
        for spec in specs {
            let mut unit = old.remove(&spec.name).unwrap_or_else(|| {
                let mut unit = Unit::new(spec.name.clone(), now);
                let name = spec.name.as_str();
                unit.wanted = self.memory.wanted.get(name).copied();
                unit.backoff = self.memory.backoff.get(name).copied().unwrap_or_default();
                unit.done = self.memory.done.iter().any(|done| done == name);
                unit
            });
            unit.configure(Some(spec));
            self.units.push(unit);
        }
        for (_, mut unit) in old {
            unit.configure(None);
            self.units.push(unit);
        }
    }

    fn ask(&mut self, now: Now, ask: Ask, out: &mut Vec<Action>, remember: &mut bool) {
        match ask {
            Ask::Watch => {
                if self.fleet.is_none() && self.units.iter().all(|unit| unit.wanted.is_none()) {
                    self.fleet = Some(true);
                    out.push(Action::Announce(Fact::Wanted {
                        unit: None,
                        up: true,
                    }));
                }
            }
            Ask::Up(None) => {
                self.fleet = Some(true);
                out.push(Action::Announce(Fact::Wanted {
                    unit: None,
                    up: true,
                }));
                self.each(now, out, remember, |unit, ctx| {
                    if unit.spec().is_some_and(|spec| spec.enabled) {
                        unit.wanted = None;
                        unit.ask_up(ctx);
                    }
                });
            }
            Ask::Up(Some(names)) => self.ask_by_name(now, out, remember, &names, |unit, ctx| {
                unit.wanted = Some(true);
                unit.backoff.forgive();
                unit.ask_up(ctx);
                true
            }),
            Ask::Restart(names) => self.ask_by_name(now, out, remember, &names, |unit, ctx| {
                unit.wanted = Some(true);
                unit.backoff.forgive();
                unit.ask_restart(ctx);
                true
            }),
            Ask::Down(Some(names)) => self.ask_by_name(now, out, remember, &names, |unit, ctx| {
                unit.wanted = Some(false);
                unit.ask_down(ctx);
                false
            }),
            Ask::Down(None) => {
                self.fleet = Some(false);
                self.memory.wanted.clear();
                out.push(Action::Announce(Fact::Wanted {
                    unit: None,
                    up: false,
                }));
                self.each(now, out, remember, |unit, ctx| {
                    unit.wanted = Some(false);
                    unit.ask_down(ctx);
                });
            }
        }
    }

    /// `ask` says whether the unit is wanted from now on.
    fn ask_by_name(
        &mut self,
        now: Now,
        out: &mut Vec<Action>,
        remember: &mut bool,
        names: &[UnitName],
        ask: impl Fn(&mut Unit, &mut Context<'_>) -> bool,
    ) {
        for name in names {
            self.one(now, out, remember, name, |unit, ctx| {
                let up = ask(unit, ctx);
                let unit = Some(unit.name().clone());
                ctx.out.push(Action::Announce(Fact::Wanted { unit, up }));
            });
        }
    }

    fn one(
        &mut self,
        now: Now,
        out: &mut Vec<Action>,
        remember: &mut bool,
        name: &UnitName,
        what: impl FnOnce(&mut Unit, &mut Context<'_>),
    ) {
        let mut what = Some(what);
        self.each(now, out, remember, |unit, ctx| {
            if unit.name() == name
                && let Some(what) = what.take()
            {
                what(unit, ctx);
            }
        });
    }

    fn each(
        &mut self,
        now: Now,
        out: &mut Vec<Action>,
        remember: &mut bool,
        mut what: impl FnMut(&mut Unit, &mut Context<'_>),
    ) {
        let mut ctx = Context {
            policy: &self.policy,
            now,
            ready: self.ready,
            fleet: self.fleet,
            last_op: &mut self.last_op,
            remember,
            out,
        };
        for unit in &mut self.units {
            what(unit, &mut ctx);
        }
    }
}

fn set<T>(map: &mut BTreeMap<String, T>, name: &str, value: Option<T>) {
    match value {
        Some(value) => {
            map.insert(name.to_owned(), value);
        }
        None => {
            map.remove(name);
        }
    }
}
