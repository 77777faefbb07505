//! What a unit leaves to the next watchdog.

use super::Unit;
use super::context::Context;
use super::life::Known;
use crate::supervise::memory::UnitMemory;

impl Unit {
    /// What an earlier watchdog remembered of it.
    pub(in crate::supervise) fn recall(&mut self, memory: &UnitMemory, ctx: &mut Context<'_>) {
        self.budget = memory.budget.clone();
        self.done = memory.done;
        self.latched.clone_from(&memory.latched);
        self.paused = memory.paused;
        self.nudged = memory.nudged;
        self.waiting = memory.waiting;
        self.woken = memory.woken;
        self.letters = memory.letters.iter().cloned().collect();
        self.known = memory.pid.map(|pid| Known {
            pid,
            silent_since: memory.silent_since,
            phase: memory.phase,
        });
        self.full = memory.full;
        self.recall_answer(ctx, memory.answer.clone());
        self.left = memory.typing.clone().or_else(|| memory.left.clone());
        if let Some(letter) = memory.typing.clone() {
            *ctx.remember = true;
            self.tell_post(ctx, &letter, crate::supervise::Post::Unknown);
        }
    }

    /// What the next watchdog has to know of it.
    pub(in crate::supervise) fn memory(&self) -> UnitMemory {
        let running = self.running().map(|(_, pid)| Known {
            pid,
            silent_since: self.silent_since,
            phase: self.phase,
        });
        let known = running.or(self.known);
        UnitMemory {
            budget: self.budget.clone(),
            done: self.done,
            latched: self.latched.clone(),
            paused: self.paused,
            pid: known.map(|known| known.pid),
            phase: known.and_then(|known| known.phase),
            silent_since: known.and_then(|known| known.silent_since),
            nudged: self.nudged,
            waiting: self.waiting,
            woken: self.woken,
            letters: self.letters.iter().cloned().collect(),
            typing: self.typing.as_ref().map(|(_, letter)| letter.clone()),
            left: self.left.clone(),
            full: self.full,
            answer: self.answer.clone(),
        }
    }
}
