//! What a person asks of the fleet.

use super::{Context, Run, Supervisor, Unit};
use crate::supervise::fact::{Cause, Fact};
use crate::supervise::input::{Ask, UnitName};

impl Supervisor {
    pub(super) fn ask(&mut self, run: &mut Run<'_>, ask: Ask) {
        run.remember = true;
        match ask {
            Ask::Watch => self.ask_watch(run),
            Ask::Up(None) => {
                self.fleet = Some(true);
                run.announce(Fact::Wanted {
                    unit: None,
                    up: true,
                });
                self.each(run, |unit, ctx| {
                    if unit.spec().is_some_and(|spec| spec.enabled) {
                        unit.wanted = None;
                        if !unit.is_over(ctx) {
                            unit.ask_up(ctx);
                        }
                    }
                });
            }
            Ask::Up(Some(names)) => self.ask_by_name(run, &names, |unit, ctx| {
                unit.wanted = Some(true);
                unit.forget_failures();
                unit.ask_up(ctx);
                true
            }),
            Ask::Restart(names) => self.ask_by_name(run, &names, |unit, ctx| {
                unit.wanted = Some(true);
                unit.forget_failures();
                unit.ask_restart(ctx);
                true
            }),
            Ask::Down(Some(names)) => self.ask_by_name(run, &names, |unit, ctx| {
                unit.wanted = Some(false);
                unit.ask_down(ctx);
                false
            }),
            Ask::Down(None) => self.ask_all_down(run),
            Ask::Reset(names) => {
                for name in &names {
                    self.one(run, name, |unit, ctx| unit.ask_reset(ctx));
                }
            }
            Ask::Pause(names) => self.pause(run, names, true),
            Ask::Resume(names) => self.pause(run, names, false),
            Ask::Phase(index) => self.ask_phase(run, index),
        }
    }

    fn ask_watch(&mut self, run: &mut Run<'_>) {
        if self.fleet.is_none() && self.units.iter().all(|unit| unit.wanted.is_none()) {
            self.fleet = Some(true);
            run.announce(Fact::Wanted {
                unit: None,
                up: true,
            });
        }
        if self.ready {
            self.reconcile(run);
        }
    }

    fn ask_all_down(&mut self, run: &mut Run<'_>) {
        self.fleet = Some(false);
        self.memory.wanted.clear();
        run.announce(Fact::Wanted {
            unit: None,
            up: false,
        });
        self.each(run, |unit, ctx| {
            unit.wanted = Some(false);
            unit.ask_down(ctx);
        });
    }

    fn pause(&mut self, run: &mut Run<'_>, names: Option<Vec<UnitName>>, paused: bool) {
        let told = |unit| Fact::Paused { unit, paused };
        match names {
            None => {
                self.paused = paused;
                run.announce(told(None));
                if !paused {
                    self.each(run, |unit, _| unit.paused = false);
                }
            }
            Some(names) => {
                for name in &names {
                    self.one(run, name, |unit, ctx| {
                        unit.paused = paused;
                        ctx.announce(told(Some(unit.name().clone())));
                    });
                }
            }
        }
        if !paused {
            self.each(run, |unit, ctx| unit.look_after_again(ctx));
            if self.ready {
                self.reconcile(run);
            }
        }
    }

    /// `ask` says whether the unit is wanted from now on.
    fn ask_by_name(
        &mut self,
        run: &mut Run<'_>,
        names: &[UnitName],
        ask: impl Fn(&mut Unit, &mut Context<'_>) -> bool,
    ) {
        for name in names {
            self.one(run, name, |unit, ctx| {
                let up = ask(unit, ctx);
                let unit = Some(unit.name().clone());
                ctx.announce(Fact::Wanted { unit, up });
            });
        }
    }

    /// What comes after the last phase is wanted from then on.
    pub(super) fn want_and_restart(&mut self, run: &mut Run<'_>, name: &UnitName) {
        run.remember = true;
        self.one(run, name, |unit, ctx| {
            unit.wanted = Some(true);
            if unit.may_act(ctx, "start it after the last phase") {
                unit.forget_failures();
                ctx.announce(Fact::Restart {
                    unit: unit.name().clone(),
                    attempt: 0,
                    delay: std::time::Duration::ZERO,
                    cause: Cause::OnComplete,
                });
                unit.ask_restart(ctx);
            }
        });
    }
}
