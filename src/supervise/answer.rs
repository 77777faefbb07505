//! Answers to dialogs, where the config gives them, and what became of them.

use serde::{Deserialize, Serialize};

/// The dialog that waits for a key after a usage limit was reset. To press it chooses nothing, so it
/// needs no word in the config.
pub const RESET: &str = "reset";

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// This option was chosen, and the dialog is gone.
    Gone(String),
    /// This option was chosen, and the dialog stands there still.
    Stands(String),
    /// Nothing was chosen, since it is no good moment; why.
    Waits(String),
    /// Nothing was chosen: something is not as it should be; why.
    Failed(String),
    /// It cannot be answered; why.
    Never(String),
}

/// What is told of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// It is being given.
    Begins,
    /// It was given, or not.
    Result(Answered),
    /// The watchdog ended while it was given: whether it arrived, the screen will tell.
    Unknown,
    /// It is not given any more: a person has to answer.
    LeftToPerson,
}

/// How far the answer to a dialog has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// The dialog.
    pub dialog: String,
    /// How often it was tried in vain, since the dialog came up.
    pub tries: u32,
    /// How often the dialog was gone after it, and came back without work in between.
    pub given: u32,
    /// It was being given when this was remembered.
    pub begun: bool,
    /// It is left to a person.
    pub left: bool,
}
