//! Texts for a unit: they wait until it can take them, and go one at a time.

use std::collections::VecDeque;

use tmux_control::PaneId;

use super::{Context, Held, Life, Report, Unit};
use crate::detect::Seen as Showing;
use crate::supervise::fact::{Fact, Post};
use crate::supervise::input::Op;
use crate::supervise::letter::{Letter, Purpose, Receipt};
use crate::supervise::timer::Timer;
use crate::supervise::{Action, Mutant};

impl Unit {
    /// Has a text typed as soon as it can be. One that waits already is not queued again.
    pub(in crate::supervise) fn post(&mut self, ctx: &mut Context<'_>, letter: Letter) {
        let wakes = letter.purpose == Purpose::Wake
            && self
                .typing
                .as_ref()
                .is_some_and(|(_, typing)| *typing == letter);
        if wakes || self.letters.contains(&letter) {
            return;
        }
        *ctx.remember = true;
        if self.letters.len() >= ctx.policy.letters_max
            && let Some(oldest) = self.letters.pop_front()
        {
            self.tell_post(ctx, &oldest, Post::Dropped);
        }
        if letter.purpose.goes_through_limit() {
            self.letters.push_front(letter);
            self.timers.clear(Timer::Letter);
        } else {
            self.letters.push_back(letter);
        }
        self.told_waiting = None;
        self.type_next(ctx);
    }

    /// Texts of this purpose are of no use any more.
    pub(in crate::supervise) fn withdraw(&mut self, ctx: &mut Context<'_>, purpose: Purpose) {
        if self.letters.iter().all(|letter| letter.purpose != purpose) {
            return;
        }
        *ctx.remember = true;
        let (gone, kept): (VecDeque<Letter>, VecDeque<Letter>) = std::mem::take(&mut self.letters)
            .into_iter()
            .partition(|letter: &Letter| letter.purpose == purpose);
        self.letters = kept;
        for letter in gone {
            self.tell_post(ctx, &letter, Post::Withdrawn);
        }
    }

    /// It is time for its regular turn.
    pub(super) fn wake(&mut self, ctx: &mut Context<'_>) {
        let due = self.runs_in().is_some() && !ctx.complete;
        if due && self.may_act(ctx, "wake it") {
            self.woken = Some(ctx.now.wall);
            self.post(ctx, Letter::wake());
            self.set_wake_timer(ctx);
        } else if self.spec.as_ref().is_some_and(|spec| spec.wake.is_some()) {
            // It waits while it does not run, and begins anew once the sequence is over.
            if ctx.complete {
                self.woken = Some(ctx.now.wall);
                self.set_wake_timer(ctx);
            } else {
                self.timers.set_mono(
                    Timer::Wake,
                    ctx.now.mono.saturating_add(ctx.policy.wall_check),
                );
            }
        }
    }

    /// A wake that waited is of no use once the config has none any more, or the sequence is over.
    fn withdraw_stale_wakes(&mut self, ctx: &mut Context<'_>) {
        let spec = self.spec.as_ref();
        let wakes = spec.is_some_and(|spec| spec.enabled && spec.wake.is_some());
        if !wakes || ctx.complete {
            self.withdraw(ctx, Purpose::Wake);
        }
    }

    /// Types the next text, if it can be typed now.
    pub(in crate::supervise) fn type_next(&mut self, ctx: &mut Context<'_>) {
        let Life::Running { pane, .. } = self.life else {
            return;
        };
        self.withdraw_stale_wakes(ctx);
        if self.is_being_typed_into()
            || self.letters.is_empty()
            || self.timers.is_set(Timer::Letter)
        {
            return;
        }
        let next = self
            .letters
            .iter()
            .position(|letter| self.can_take(ctx, letter.purpose));
        let Some(index) = next else {
            if let Some(first) = self.letters.front().cloned()
                && self.told_waiting.is_none()
            {
                self.told_waiting = Some(String::new());
                self.tell_post(ctx, &first, Post::Queued);
            }
            return;
        };
        let purpose = self.letters[index].purpose;
        if !self.may_act(ctx, &format!("type a {} into it", purpose.as_str())) {
            return;
        }
        let letter = self.letters.remove(index).expect("it was found there");
        self.type_it(ctx, pane, letter);
    }

    /// Whether a text or an answer is on its way to it.
    pub(super) fn is_being_typed_into(&self) -> bool {
        self.typing.is_some() || self.answering.is_some()
    }

    fn type_it(&mut self, ctx: &mut Context<'_>, pane: PaneId, letter: Letter) {
        let op = ctx.op();
        *ctx.remember = true;
        self.tell_post(ctx, &letter, Post::Typing);
        if letter.purpose == Purpose::Wake {
            // However long it waited, the next turn comes a whole interval after this one.
            self.woken = Some(ctx.now.wall);
            self.set_wake_timer(ctx);
        }
        self.typing = Some((op, letter.clone()));
        ctx.out.push(Action::Type {
            unit: self.name.clone(),
            op,
            pane,
            letter,
        });
    }

    /// Whether a text of this purpose can be typed as things are.
    fn can_take(&self, ctx: &Context<'_>, purpose: Purpose) -> bool {
        let Some(spec) = &self.spec else {
            return false;
        };
        let free = ctx.ready
            && !self.prompting
            && self.looking.is_none()
            && self.answering.is_none()
            // Who has to be started anew for another phase waits for that, unless a limit keeps it.
            && (self.to_phase.is_none() || purpose.goes_through_limit())
            && self.wanted(ctx.fleet) != Some(false);
        let allowed = self.held != Held::Member || purpose.goes_through_limit();
        let state = match self.showing() {
            Showing::Idle => true,
            // Either nothing can tell whether it works, or nothing has told yet.
            Showing::Unknown => !spec.shows_activity && !self.settling,
            Showing::Limited => purpose.goes_through_limit(),
            Showing::NeedsPerson | Showing::Login => ctx.policy.breaks(Mutant::TypesIntoDialogs),
            _ => false,
        };
        free && allowed && state
    }

    pub(in crate::supervise) fn typed(
        &mut self,
        ctx: &mut Context<'_>,
        done: Op,
        receipt: Receipt,
    ) {
        let Some((_, letter)) = self.typing.take_if(|(op, _)| *op == done) else {
            return;
        };
        *ctx.remember = true;
        let purpose = letter.purpose;
        let again = ctx.policy.breaks(Mutant::PingsTwice) && purpose == Purpose::Ping;
        if matches!(receipt, Receipt::Waits(_)) || again {
            let why = match &receipt {
                Receipt::Waits(why) => Some(why.clone()),
                _ => None,
            };
            if std::mem::replace(&mut self.told_waiting, why.clone()) != why {
                self.tell_post(ctx, &letter, Post::Receipt(receipt.clone()));
            }
            self.type_later(ctx, letter);
            self.waits = self.waits.saturating_add(1);
        } else {
            self.told_waiting = None;
            self.waits = 0;
            self.left = None;
            self.tell_post(ctx, &letter, Post::Receipt(receipt.clone()));
            // It has its time to go on from here, however long the typing took.
            if purpose == Purpose::Nudge && self.silent_since.is_some() {
                self.silent_since = Some(ctx.now.mono);
                self.set_stall_timer(ctx);
            }
            self.tries = match receipt {
                Receipt::Failed(_) => self.tries.saturating_add(1),
                _ => 0,
            };
            // A probe that failed is one that did not help; the hold says when the next comes.
            if self.tries >= ctx.policy.letter_tries || purpose.goes_through_limit() {
                self.tries = 0;
            } else if self.tries > 0 {
                self.type_later(ctx, letter);
            }
        }
        ctx.reports
            .push((self.name.clone(), Report::Typed(purpose, receipt)));
    }

    fn type_later(&mut self, ctx: &Context<'_>, letter: Letter) {
        self.letters.push_front(letter);
        let doubled = 1_u32.checked_shl(self.waits).unwrap_or(u32::MAX);
        let delay = ctx.policy.letter_retry.saturating_mul(doubled);
        let at = ctx
            .now
            .mono
            .saturating_add(delay.min(ctx.policy.letter_retry_max));
        self.timers.set_mono(Timer::Letter, at);
    }

    /// It may be a good moment to type by now.
    pub(super) fn retry_letters(&mut self) {
        self.waits = 0;
        self.timers.clear(Timer::Letter);
    }

    pub(super) fn tell_post(&self, ctx: &mut Context<'_>, letter: &Letter, post: Post) {
        ctx.announce(Fact::Post {
            unit: self.name.clone(),
            purpose: letter.purpose,
            text: letter.text.clone(),
            post,
        });
    }
}
