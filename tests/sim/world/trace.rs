//! The last steps before a rule was broken.

use std::collections::VecDeque;

use ao::supervise::{Action, Input};

use crate::clock::Clock;

/// How many steps are kept.
const STEPS: usize = 40;

/// Costs nothing unless it is kept: a seed that fails is played again with it.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    kept: bool,
    steps: VecDeque<String>,
}

impl Trace {
    pub(crate) fn new(kept: bool) -> Self {
        Self {
            kept,
            steps: VecDeque::new(),
        }
    }

    fn push(&mut self, step: String) {
        if self.steps.len() == STEPS {
            self.steps.pop_front();
        }
        self.steps.push_back(step);
    }

    pub(crate) fn note(&mut self, clock: &Clock, input: &Input) {
        // A tick that leads to nothing says nothing.
        if self.kept && *input != Input::Tick {
            self.push(format!("{} {input:?}", when(clock)));
        } else if self.kept {
            self.push(format!("{} tick", when(clock)));
        }
    }

    pub(crate) fn answer(&mut self, actions: &[Action]) {
        if !self.kept {
            return;
        }
        if actions.is_empty()
            && self
                .steps
                .back()
                .is_some_and(|step| step.ends_with(" tick"))
        {
            self.steps.pop_back();
        }
        if let Some(step) = self.steps.back_mut() {
            for action in actions {
                step.push_str(&format!("\n      -> {action:?}"));
            }
        }
    }

    pub(crate) fn say(&mut self, clock: &Clock, what: impl FnOnce() -> String) {
        if self.kept {
            self.push(format!("{} ** {}", when(clock), what()));
        }
    }

    pub(crate) fn story(&self) -> String {
        self.steps.iter().map(|step| format!("{step}\n")).collect()
    }
}

fn when(clock: &Clock) -> String {
    let mono = clock.mono();
    format!("{:>9.3} ({})", mono.as_secs_f64(), clock.wall())
}
