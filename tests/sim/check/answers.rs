//! Dialogs that are answered, and conversations that begin anew.

use std::time::Duration;

use ao::detect::Seen;
use ao::supervise::{Answered, Care, Cause, Fact, Reply};
use tmux_control::PaneId;

use super::Rule;
use crate::world::World;
use crate::world::agent::Errand;

/// A dialog that has an answer gets it, within so many audits.
const ANSWERED: u32 = 15;

impl World {
    pub(crate) fn check_answer(&mut self, unit: usize, pane: PaneId, dialog: &str) {
        let known = &self.units[unit];
        let name = known.name.clone();
        let told = &known.told;
        let spec = self.spec(unit);
        let by_config = spec.is_some_and(|spec| spec.answers.contains(dialog));
        let watched = spec.is_some_and(|spec| spec.care != Care::None);
        let held = self.is_held_by_machine(unit);
        let busy = known.has_under_way(Errand::Type) || known.has_under_way(Errand::Answer);
        let wrong = match () {
            () if told.place.map(|place| place.0) != Some(pane) => Some("it is not there"),
            () if told.dead => Some("it is dead"),
            () if dialog == "reset" && held => Some("its limit holds"),
            () if dialog != "reset" && !by_config => Some("the config has no answer to it"),
            () if told.fact.dialog.as_deref() != Some(dialog) => Some("it does not show that"),
            () if !matches!(
                told.fact.state,
                Seen::NeedsPerson | Seen::Limited | Seen::Login
            ) =>
            {
                Some("it asks nothing")
            }
            () if !watched => Some("nobody watches it"),
            () if !self.is_wanted(unit) => Some("nobody wants it"),
            () if busy => Some("something else is being typed"),
            () => None,
        };
        if let Some(wrong) = wrong {
            let what = format!("the dialog {dialog} of {name} is answered, and {wrong}");
            self.broken(Rule::DialogsAreAnswered, what);
        }
        if self.is_paused(unit) {
            let what = format!("a dialog of {name} is answered");
            self.broken(Rule::PausedIsLeftAlone, what);
        }
        if !self.truth.units[unit].explained.answer {
            let what = format!("a dialog of {name} is answered, and nobody is told");
            self.broken(Rule::EveryActIsTold, what);
        }
        let births = u32::try_from(self.truth.births.len()).unwrap_or(u32::MAX);
        let most = (self.policy.answers_in_a_row, self.policy.answer_tries);
        let truth = &mut self.truth.units[unit];
        truth.unanswered = 0;
        let (given, in_vain) = truth.answers;
        if truth.left || given >= most.0 + births || in_vain >= most.1 + births {
            let what = format!(
                "the dialog {dialog} of {name} is answered again after {given} times, and \
                 {in_vain} in vain"
            );
            self.broken(Rule::DialogsAreAnswered, what);
        }
    }

    /// A conversation that is full must not be taken up again.
    pub(crate) fn check_fresh(&mut self, unit: usize, fresh: bool) {
        if self.truth.units[unit].full && !fresh && !self.truth.amnesia {
            let name = &self.units[unit].name;
            let what = format!("the full conversation of {name} is taken up again");
            self.broken(Rule::TheFullBeginAnew, what);
        }
    }

    /// What was told of answers and of full conversations.
    pub(crate) fn told_of_answers(&mut self, fact: &Fact) {
        match fact {
            Fact::Answer { unit, reply, .. } => {
                let Some(unit) = self.index_of(unit) else {
                    return;
                };
                let truth = &mut self.truth.units[unit];
                truth.left |= *reply == Reply::LeftToPerson;
                match reply {
                    Reply::Result(Answered::Gone(_)) => {
                        truth.answers = (truth.answers.0 + 1, 0);
                    }
                    Reply::Result(Answered::Stands(_) | Answered::Failed(_)) => {
                        truth.answers.1 += 1;
                    }
                    _ => {}
                }
                // What has to wait is tried again without a word.
                truth.explained.answer =
                    matches!(reply, Reply::Begins | Reply::Result(Answered::Waits(_)));
            }
            Fact::Restart {
                unit,
                cause: Cause::Full(_),
                ..
            } => {
                if let Some(unit) = self.index_of(unit) {
                    self.truth.units[unit].full = true;
                }
            }
            _ => {}
        }
    }

    /// What a screen shows, as it is told, or that another process is there.
    pub(crate) fn heard_of_dialogs(&mut self, unit: usize) {
        let awake = self.clock.awake;
        let fact = &self.units[unit].told.fact;
        let (working, dialog) = (fact.state == Seen::Working, fact.dialog.clone());
        let truth = &mut self.truth.units[unit];
        let other = match (&dialog, &truth.dialog) {
            (Some(dialog), Some((at, known))) => {
                known != dialog || *at + self.policy.answer_again <= awake
            }
            _ => false,
        };
        if working || other {
            (truth.answers, truth.left) = ((0, 0), false);
        }
        truth.full &= !working;
        match (dialog, &mut truth.dialog) {
            (Some(dialog), known) => *known = Some((Duration::MAX / 2, dialog)),
            (None, Some((at, _))) if *at > awake => *at = awake,
            (None, _) => {}
        }
    }

    pub(crate) fn begins_anew(&mut self, unit: usize) {
        let truth = &mut self.truth.units[unit];
        (truth.answers, truth.left, truth.dialog) = ((0, 0), false, None);
    }

    /// A dialog that has an answer does not stand there for ever.
    pub(crate) fn audit_dialog(&mut self, unit: usize) {
        let known = &self.units[unit];
        let spec = self.spec(unit);
        let dialog = known.told.fact.dialog.as_deref();
        let stands = dialog.is_some_and(|dialog| {
            spec.is_some_and(|spec| spec.care != Care::None && spec.answers.contains(dialog))
        });
        let free = known.told.under_way.is_empty()
            && known.paused_until <= self.clock.awake
            && self.is_wanted(unit)
            && !self.is_paused(unit)
            && !self.is_over();
        let truth = &mut self.truth.units[unit];
        if !stands || truth.left {
            truth.unanswered = 0;
        } else if free {
            truth.unanswered += 1;
        }
        if truth.unanswered > ANSWERED {
            let what = format!(
                "{:?} of {} is not answered",
                known.told.fact.dialog, known.name
            );
            self.broken(Rule::DialogsAreAnswered, what);
        }
    }
}
