//! Dialogs that are answered without asking a person, since the config says how.

use std::time::Duration;

use super::{Context, Held, Life, Unit};
use crate::detect::Seen as Showing;
use crate::supervise::answer::{Answered, Attempt, RESET, Reply};
use crate::supervise::fact::Fact;
use crate::supervise::input::Op;
use crate::supervise::spec::Care;
use crate::supervise::timer::Timer;
use crate::supervise::{Action, Mutant};

impl Unit {
    /// The dialog that stands on its screen, unless it goes on by itself: then a key would end that.
    pub(super) fn dialog(&self) -> Option<&str> {
        let fact = self.shown()?;
        let asks = matches!(
            fact.state,
            Showing::NeedsPerson | Showing::Limited | Showing::Login
        );
        let goes_on = fact
            .limit
            .as_ref()
            .is_some_and(|limit| limit.resumes_itself);
        fact.dialog.as_deref().filter(|_| asks && !goes_on)
    }

    /// Whether a dialog is answered at all.
    fn answers(&self, ctx: &Context<'_>, dialog: &str) -> bool {
        let spec = self.spec.as_ref();
        let by_config = spec.is_some_and(|spec| spec.answers.contains(dialog));
        // The key that it waits for is pressed in place of a probe, once nothing is held any more.
        let is_reset =
            dialog == RESET && self.showing() == Showing::NeedsPerson && self.held == Held::No;
        by_config || is_reset || ctx.policy.breaks(Mutant::AnswersUnasked)
    }

    /// Its screen shows something else than before: perhaps a dialog that came up or went.
    pub(super) fn watch_dialog(&mut self, ctx: &mut Context<'_>, before: Option<&str>) {
        let now = ctx.now.mono;
        if self.showing() == Showing::Working && self.answering.is_none() {
            // Whatever it asks next is another question.
            *ctx.remember |= self.answer.take().is_some();
        }
        let dialog = self.dialog().map(str::to_owned);
        if dialog.as_deref() == before {
            return;
        }
        if before.is_some() {
            self.dialog_gone = Some(now);
        }
        let Some(dialog) = dialog else {
            if !ctx.policy.breaks(Mutant::AnswersTheGone) {
                self.timers.clear(Timer::Answer);
            }
            return;
        };
        let long_gone = self
            .dialog_gone
            .is_some_and(|gone| gone.saturating_add(ctx.policy.answer_again) <= now);
        let known = self.answer.as_ref();
        if self.answering.is_none()
            && known.is_some_and(|known| known.dialog != dialog || long_gone)
        {
            self.answer = None;
            *ctx.remember = true;
        }
        self.set_answer_timer(ctx);
    }

    /// Waits until the dialog on its screen has stood for a moment, if it is to be answered.
    pub(super) fn set_answer_timer(&mut self, ctx: &Context<'_>) {
        let left = self.answer.as_ref().is_some_and(|answer| answer.left);
        let stands = self
            .dialog()
            .is_some_and(|dialog| self.answers(ctx, dialog));
        if stands && !left && self.answering.is_none() {
            self.answer_after(ctx, ctx.policy.answer_settle);
        }
    }

    fn answer_after(&mut self, ctx: &Context<'_>, delay: Duration) {
        let at = ctx.now.mono.saturating_add(delay);
        self.timers.set_mono(Timer::Answer, at);
    }

    /// A dialog has stood for long enough.
    pub(super) fn answer_is_due(&mut self, ctx: &mut Context<'_>) {
        let Life::Running { pane, .. } = self.life else {
            return;
        };
        let gone = ctx.policy.breaks(Mutant::AnswersTheGone);
        let dialog = self.dialog().or_else(|| {
            let spec = self.spec.as_ref().filter(|_| gone)?;
            spec.answers.first().map(String::as_str)
        });
        let Some(dialog) = dialog.map(str::to_owned) else {
            return;
        };
        let left = self.answer.as_ref().is_some_and(|answer| answer.left);
        if left || self.answering.is_some() || !self.answers(ctx, &dialog) {
            return;
        }
        let wanted = self.wanted(ctx.fleet) == Some(true) && self.care() != Care::None;
        if !wanted
            || self.is_over(ctx)
            || !self.may_act(ctx, &format!("answer its dialog {dialog}"))
        {
            return self.answer_after(ctx, ctx.policy.signal_interval);
        }
        if !ctx.ready || self.typing.is_some() || self.looking.is_some() {
            return self.answer_after(ctx, ctx.policy.tmux_retry);
        }
        let bounds = (ctx.policy.answer_tries, ctx.policy.answers_in_a_row);
        let attempt = self.answer.get_or_insert_default();
        attempt.dialog.clone_from(&dialog);
        let spent = attempt.tries >= bounds.0 || attempt.given >= bounds.1;
        if spent && !ctx.policy.breaks(Mutant::AnswersWithoutEnd) {
            return self.leave_to_person(ctx, &dialog);
        }
        attempt.tries += 1;
        attempt.begun = true;
        *ctx.remember = true;
        if self.answer_waits.is_none() {
            self.tell_answer(ctx, &dialog, Reply::Begins);
        }
        let op = ctx.op();
        self.answering = Some((op, dialog.clone()));
        ctx.out.push(Action::Answer {
            unit: self.name.clone(),
            op,
            pane,
            dialog,
        });
    }

    /// An answer was given, or not.
    pub(in crate::supervise) fn answered(
        &mut self,
        ctx: &mut Context<'_>,
        done: Op,
        answered: Answered,
    ) {
        let Some((_, dialog)) = self.answering.take_if(|(op, _)| *op == done) else {
            return;
        };
        *ctx.remember = true;
        let attempt = self.answer.get_or_insert_default();
        attempt.begun = false;
        if let Answered::Waits(why) = answered {
            // Nothing was tried.
            attempt.tries = attempt.tries.saturating_sub(1);
            let told = self
                .answer_waits
                .as_ref()
                .is_some_and(|(told, _)| *told == why);
            let waits = self.answer_waits.take().map_or(0, |(_, waits)| waits);
            if !told {
                let answered = Answered::Waits(why.clone());
                self.tell_answer(ctx, &dialog, Reply::Result(answered));
            }
            self.answer_waits = Some((why, waits.saturating_add(1)));
            let doubled = 1_u32.checked_shl(waits).unwrap_or(u32::MAX);
            let delay = ctx.policy.letter_retry.saturating_mul(doubled);
            return self.answer_after(ctx, delay.min(ctx.policy.letter_retry_max));
        }
        self.answer_waits = None;
        if let Answered::Gone(_) = answered {
            attempt.tries = 0;
            attempt.given += 1;
        }
        let never = matches!(answered, Answered::Never(_));
        self.tell_answer(ctx, &dialog, Reply::Result(answered));
        if never {
            self.leave_to_person(ctx, &dialog);
        } else {
            // If it stands there still by then, or another of its kind does.
            self.answer_after(ctx, ctx.policy.answer_again);
        }
    }

    fn leave_to_person(&mut self, ctx: &mut Context<'_>, dialog: &str) {
        *ctx.remember = true;
        let attempt = self.answer.get_or_insert_default();
        dialog.clone_into(&mut attempt.dialog);
        attempt.left = true;
        self.timers.clear(Timer::Answer);
        self.tell_answer(ctx, dialog, Reply::LeftToPerson);
    }

    /// An earlier watchdog was giving an answer when it ended. The screen tells what came of it.
    pub(super) fn recall_answer(&mut self, ctx: &mut Context<'_>, attempt: Option<Attempt>) {
        self.answer = attempt;
        if let Some(attempt) = self.answer.as_mut().filter(|attempt| attempt.begun) {
            attempt.begun = false;
            let dialog = attempt.dialog.clone();
            *ctx.remember = true;
            self.tell_answer(ctx, &dialog, Reply::Unknown);
        }
    }

    fn tell_answer(&self, ctx: &mut Context<'_>, dialog: &str, reply: Reply) {
        ctx.announce(Fact::Answer {
            unit: self.name.clone(),
            dialog: dialog.to_owned(),
            reply,
        });
    }
}
