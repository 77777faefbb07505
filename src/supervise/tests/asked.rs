//! What the machine asked for at the last step.

use super::play::{Play, name};
use super::*;

impl Play {
    pub(super) fn starts(&self) -> Vec<&str> {
        self.actions
            .iter()
            .filter_map(|action| match action {
                Action::Start { unit, .. } | Action::Replace { unit, .. } => Some(unit.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Whose screens are to be looked at again.
    pub(super) fn looks(&self) -> Vec<&str> {
        let looks = self.actions.iter().filter_map(|action| match action {
            Action::Look { unit, .. } => Some(unit.as_str()),
            _ => None,
        });
        looks.collect()
    }

    /// What is to be typed, and into whom.
    pub(super) fn types(&self) -> Vec<(&str, Purpose)> {
        let types = self.actions.iter().filter_map(|action| match action {
            Action::Type { unit, letter, .. } => Some((unit.as_str(), letter.purpose)),
            _ => None,
        });
        types.collect()
    }

    /// The words that are to be typed.
    pub(super) fn words(&self) -> Vec<String> {
        let words = self.actions.iter().filter_map(|action| match action {
            Action::Type { letter, .. } => letter.text.clone(),
            _ => None,
        });
        words.collect()
    }

    /// Whose processes are to be ended.
    pub(super) fn ended(&self) -> Vec<&str> {
        let ended = self.actions.iter().filter_map(|action| match action {
            Action::End { unit, .. } => Some(unit.as_str()),
            _ => None,
        });
        ended.collect()
    }

    /// Why it is started anew, if that was decided.
    pub(super) fn causes(&self) -> Vec<&Cause> {
        let causes = self.facts().filter_map(|fact| match fact {
            Fact::Restart { cause, .. } => Some(cause),
            _ => None,
        });
        causes.collect()
    }

    pub(super) fn unit(&self, unit: &str) -> &Unit {
        self.fleet.unit(&name(unit)).expect("it is known")
    }

    pub(super) fn hold(&self, unit: &str) -> Option<&Hold> {
        self.fleet.hold_of(&name(unit))
    }

    pub(super) fn state(&self, unit: &str) -> Judgement {
        self.unit(unit).judgement()
    }
}
