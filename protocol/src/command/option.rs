//! Options and variables.

use super::{Command, Words, line::variable_name};
use crate::{Format, Session, Target, format_literal};

/// Whose options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionScope {
    /// Those of a pane (3.0): a pane split from it does not inherit them.
    Pane(Target),
    /// Those of a window: all its panes inherit them, those that people split off too.
    Window(Target),
    /// Those of a session.
    Session(Session),
    /// Those of the server.
    Server,
    /// Those of every session that has none of its own.
    GlobalSession,
    /// Those of every window that has none of its own.
    GlobalWindow,
}

impl OptionScope {
    fn write(&self, words: &mut Words) {
        match self {
            Self::Pane(target) => {
                words.flag("-p", true);
                words.target(target);
            }
            Self::Window(target) => {
                words.flag("-w", true);
                words.target(target);
            }
            Self::Session(session) => words.session(session),
            Self::Server => words.flag("-s", true),
            Self::GlobalSession => words.flag("-g", true),
            Self::GlobalWindow => {
                words.flag("-g", true);
                words.flag("-w", true);
            }
        }
    }
}

/// What happens to an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionChange {
    /// It has this value, as it is.
    Set(Vec<u8>),
    /// It has what this format expands to now.
    SetExpanded(Format),
    /// This is added to its value.
    Append(Vec<u8>),
    /// It is inherited again, or has its default.
    Unset,
}

/// `set-option`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetOption {
    /// Whose.
    pub scope: OptionScope,
    /// Its name, such as `remain-on-exit` or `@ao_agent`, with an index if it is an array.
    pub name: Vec<u8>,
    /// What happens to it.
    pub change: OptionChange,
    /// Nothing happens if it is set already; that is an error.
    pub only_if_unset: bool,
    /// No error if there is no such option.
    pub quiet: bool,
}

impl SetOption {
    /// Gives an option a value.
    pub fn new(scope: OptionScope, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        let change = OptionChange::Set(value.into());
        Self {
            scope,
            name: name.into(),
            change,
            only_if_unset: false,
            quiet: false,
        }
    }

    /// Lets an option be inherited again.
    pub fn unset(scope: OptionScope, name: impl Into<Vec<u8>>) -> Self {
        let change = OptionChange::Unset;
        Self {
            scope,
            name: name.into(),
            change,
            only_if_unset: false,
            quiet: false,
        }
    }
}

impl Command for SetOption {
    fn write(&self, words: &mut Words) {
        words.command("set-option");
        words.flag("-o", self.only_if_unset);
        words.flag("-q", self.quiet);
        match &self.change {
            OptionChange::Set(_) => {}
            OptionChange::SetExpanded(_) => words.flag("-F", true),
            OptionChange::Append(_) => words.flag("-a", true),
            OptionChange::Unset => words.flag("-u", true),
        }
        self.scope.write(words);
        // tmux expands the name of an option, though not its value.
        let name = format_literal(&self.name);
        match &self.change {
            OptionChange::Set(value) | OptionChange::Append(value) => words.values([&name, value]),
            OptionChange::SetExpanded(format) => words.values([name.as_slice(), format.as_bytes()]),
            OptionChange::Unset => words.values([name]),
        }
    }
}

/// `show-options`: a line `NAME VALUE` for each, the value quoted as for tmux's own parser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowOptions {
    /// Whose.
    pub scope: OptionScope,
    /// One option; all otherwise.
    pub name: Option<Vec<u8>>,
    /// Only the value, and not quoted.
    pub value_only: bool,
    /// Those too that are inherited, marked with a `*`.
    pub inherited: bool,
    /// No error if there is no such option.
    pub quiet: bool,
}

impl ShowOptions {
    /// The value of one option, not quoted; no line if it is not set.
    pub fn value(scope: OptionScope, name: impl Into<Vec<u8>>) -> Self {
        Self {
            scope,
            name: Some(name.into()),
            value_only: true,
            inherited: false,
            quiet: true,
        }
    }
}

impl Command for ShowOptions {
    fn write(&self, words: &mut Words) {
        words.command("show-options");
        words.flag("-v", self.value_only);
        words.flag("-A", self.inherited);
        words.flag("-q", self.quiet);
        self.scope.write(words);
        if let Some(name) = &self.name {
            words.values([format_literal(name)]);
        }
    }
}

/// Whose environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableScope {
    /// That of the server.
    Global,
    /// That of a session, above the server's.
    Session(Session),
}

/// What happens to a variable. Only programs that start afterwards see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableChange {
    /// It has this value, as it is.
    Set(Vec<u8>),
    /// The session has the server's again.
    Unset,
    /// Programs start without it.
    Remove,
}

/// `set-environment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetEnvironment {
    /// Whose.
    pub scope: VariableScope,
    /// Its name.
    pub name: Vec<u8>,
    /// What happens to it.
    pub change: VariableChange,
}

impl Command for SetEnvironment {
    fn write(&self, words: &mut Words) {
        words.command("set-environment");
        variable_name(words, &self.name);
        words.flag("-u", self.change == VariableChange::Unset);
        words.flag("-r", self.change == VariableChange::Remove);
        match &self.scope {
            VariableScope::Global => words.flag("-g", true),
            VariableScope::Session(session) => words.session(session),
        }
        match &self.change {
            VariableChange::Set(value) => words.values([&self.name, value]),
            VariableChange::Unset | VariableChange::Remove => words.values([&self.name]),
        }
    }
}
