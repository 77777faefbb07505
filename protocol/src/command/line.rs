//! Command lines, and how commands write themselves.

use std::fmt;

use super::Environment;
use crate::{Format, QuoteError, Session, Target, Text, quote::quote_into};

/// tmux refuses commands of about 9,990 arguments (3.3a).
const MAX_WORDS: usize = 9_000;

/// The longest line. tmux has no limit of its own, but both sides hold a line in memory.
const MAX_LINE: usize = 16 << 20;

/// A command of tmux. For one that has no type in [`crate::command`], implement it yourself; but
/// see there which commands have none on purpose.
///
/// ```
/// use tmux_control::{Command, CommandLine, PaneId, command::Words};
///
/// struct ClearHistory(PaneId);
///
/// impl Command for ClearHistory {
///     fn write(&self, words: &mut Words) {
///         words.command("clear-history");
///         words.target(&self.0.into());
///     }
/// }
///
/// let line = CommandLine::new(&ClearHistory(PaneId(3))).unwrap();
/// assert_eq!(line.encode(), b"clear-history -t '%3'\n");
/// ```
pub trait Command {
    /// Writes the command, or the several that do its work.
    fn write(&self, words: &mut Words);
}

/// A line that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// An argument holds a NUL.
    Quote {
        /// The command that it is for.
        command: &'static str,
        /// Where the NUL is.
        error: QuoteError,
    },
    /// A name (of a variable, a subscription, …) that cannot be told from what follows it.
    Name {
        /// The command that it is for.
        command: &'static str,
        /// What kind of name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// There is nothing in the line. To tmux an empty line is a request to detach.
    Empty,
    /// A command has more arguments than tmux takes.
    TooManyArguments {
        /// The command.
        command: &'static str,
    },
    /// The line is longer than 16 MiB.
    TooLong,
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quote { command, error } => write!(f, "{command}: {error}"),
            Self::Name {
                command,
                what,
                name,
            } => write!(f, "{command}: {name:?} cannot be {what}"),
            Self::Empty => f.write_str(
                "a command line needs a command: tmux takes an empty one for a wish to detach",
            ),
            Self::TooManyArguments { command } => {
                write!(
                    f,
                    "{command}: more than {MAX_WORDS} arguments, which tmux does not take"
                )
            }
            Self::TooLong => write!(f, "a command line of more than {MAX_LINE} bytes"),
        }
    }
}

impl std::error::Error for CommandError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Quote { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// One line for tmux: a command, or several joined by `;` that run in one go until one fails.
///
/// ```
/// use tmux_control::{CommandLine, PaneId, command::{KillPane, SetBuffer}};
///
/// let line = CommandLine::new(&SetBuffer { data: b"it's".to_vec(), ..SetBuffer::default() })?
///     .then(&KillPane { target: PaneId(3) })?;
/// assert_eq!(line.encode(), b"set-buffer -- 'it'\\''s' ; kill-pane -t '%3'\n");
/// assert_eq!(line.blocks(), 2);
/// # Ok::<(), tmux_control::CommandError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// With the newline.
    bytes: Vec<u8>,
    blocks: usize,
    /// Where the last letter of each command's name is.
    letters: Vec<usize>,
}

impl CommandLine {
    /// A line of one command.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub fn new(command: &impl Command) -> Result<Self, CommandError> {
        Words::default().line(command)
    }

    /// The line with a command more.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub fn then(mut self, command: &impl Command) -> Result<Self, CommandError> {
        self.bytes.pop();
        Words {
            bytes: self.bytes,
            commands: self.blocks,
            letters: self.letters,
            ..Words::default()
        }
        .line(command)
    }

    /// How many blocks tmux answers with, unless one is an error: it is the last one then.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// The bytes to write, with the newline at the end.
    pub fn encode(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes to write, with each command's name cut by its last letter: tmux still knows the
    /// command, since no other begins like that, but no `command-alias` of the user's configuration
    /// applies, since those are looked up by the whole name.
    ///
    /// ```
    /// use tmux_control::{CommandLine, PaneId, command::KillPane};
    /// let line = CommandLine::new(&KillPane { target: PaneId(3) })?;
    /// assert_eq!(line.encode_unaliased(), b"kill-pan -t '%3'\n");
    /// # Ok::<(), tmux_control::CommandError>(())
    /// ```
    pub fn encode_unaliased(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len());
        let mut from = 0;
        for &letter in &self.letters {
            out.extend_from_slice(&self.bytes[from..letter]);
            from = letter + 1;
        }
        out.extend_from_slice(&self.bytes[from..]);
        out
    }

    /// The bytes to write, with the newline at the end.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CommandLine({:?})",
            String::from_utf8_lossy(self.bytes.trim_ascii_end())
        )
    }
}

/// The words of a line under way, which a [`Command`] writes. The first mistake is kept, and
/// makes the line fail.
#[derive(Debug, Default)]
pub struct Words {
    bytes: Vec<u8>,
    commands: usize,
    letters: Vec<usize>,
    command: &'static str,
    words: usize,
    error: Option<CommandError>,
}

impl Words {
    fn line(mut self, command: &impl Command) -> Result<CommandLine, CommandError> {
        let before = self.commands;
        command.write(&mut self);
        if self.commands == before {
            self.fail(CommandError::Empty);
        }
        if self.bytes.len() >= MAX_LINE {
            self.fail(CommandError::TooLong);
        }
        match self.error {
            Some(error) => Err(error),
            None => {
                self.bytes.push(b'\n');
                Ok(CommandLine {
                    bytes: self.bytes,
                    blocks: self.commands,
                    letters: self.letters,
                })
            }
        }
    }

    /// Begins a command. What follows belongs to it.
    pub fn command(&mut self, name: &'static str) {
        if self.commands > 0 {
            self.bytes.extend_from_slice(b" ; ");
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.letters.extend(self.bytes.len().checked_sub(1));
        self.commands += 1;
        self.command = name;
        self.words = 0;
    }

    /// A flag without a value, such as `-d`, if it is set.
    pub fn flag(&mut self, flag: &'static str, set: bool) {
        if set {
            self.word(flag.as_bytes());
        }
    }

    /// A flag with a value that tmux takes as it is.
    pub fn option(&mut self, flag: &'static str, value: impl AsRef<[u8]>) {
        self.word(flag.as_bytes());
        self.quoted(value.as_ref());
    }

    /// A flag with a value that tmux expands.
    pub fn expanded(&mut self, flag: &'static str, text: &Text) {
        self.option(flag, text.to_format());
    }

    /// A flag with a format.
    pub fn format(&mut self, flag: &'static str, format: &Format) {
        self.option(flag, format.as_bytes());
    }

    /// `-t` and a target.
    pub fn target(&mut self, target: &Target) {
        self.option("-t", target.to_bytes());
    }

    /// `-t` and a session.
    pub fn session(&mut self, session: &Session) {
        self.option("-t", session.to_bytes());
    }

    /// The values after all flags. To be called once, since it writes the `--` that keeps a value
    /// from being taken for a flag.
    pub fn values<V: AsRef<[u8]>>(&mut self, values: impl IntoIterator<Item = V>) {
        self.word(b"--");
        for value in values {
            self.quoted(value.as_ref());
        }
    }

    /// Says that a name cannot be written; `what` it cannot be.
    pub fn refuse(&mut self, what: &'static str, name: &[u8]) {
        let name = String::from_utf8_lossy(name).chars().take(80).collect();
        self.fail(CommandError::Name {
            command: self.command,
            what,
            name,
        });
    }

    fn fail(&mut self, error: CommandError) {
        self.error.get_or_insert(error);
    }

    fn quoted(&mut self, value: &[u8]) {
        self.word(b"");
        if let Err(error) = quote_into(value, &mut self.bytes) {
            self.fail(CommandError::Quote {
                command: self.command,
                error,
            });
        }
    }

    fn word(&mut self, word: &[u8]) {
        self.words += 1;
        if self.words > MAX_WORDS {
            self.fail(CommandError::TooManyArguments {
                command: self.command,
            });
        }
        self.bytes.push(b' ');
        self.bytes.extend_from_slice(word);
    }
}

/// A flag `-e` for each variable.
pub(super) fn write_environment(words: &mut Words, env: &Environment) {
    for (name, value) in env {
        variable_name(words, name);
        words.option("-e", [name, b"=".as_slice(), value].concat());
    }
}

/// Refuses what cannot be the name of a variable.
pub(super) fn variable_name(words: &mut Words, name: &[u8]) {
    if name.is_empty() || name.contains(&b'=') {
        words.refuse(
            "a variable's name: it must not be empty or hold an equals sign",
            name,
        );
    }
}
