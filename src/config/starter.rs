//! What `ao init` writes.

use std::ffi::OsStr;

/// How much of a directory's name becomes part of every session's name.
const PREFIX_MAX: usize = 40;

/// The text of a first config for a project in a directory of this name. It has no mistakes,
/// whatever the name.
pub fn starter(directory: &OsStr) -> String {
    let prefix = prefix(&directory.to_string_lossy());
    format!(
        r#"# The fleet of this project: `ao check` reads this file, `ao up` starts what it says.

[defaults]
session_prefix = "{prefix}"     # what the names of the tmux sessions start with
log_dir = ".ao-state"           # logs, and ao's own state
backend = "claude"
model = "claude-sonnet-4-6"
watch = "heal"                  # bring back what ended

[backend.claude]
preset = "claude"               # how it is run and what its screen says; what stands here goes before
flags = "--dangerously-skip-permissions"

[[agent]]
name = "worker"
kind = "persistent"
prompt = "You are the worker of this project. Say that you are ready, and wait for instructions."
"#
    )
}

/// A name's letters and digits, with a dash for what is between them and one at the end. tmux
/// would change `.` and `:`, and the rest is trouble in a shell.
fn prefix(directory: &str) -> String {
    let mut prefix = String::new();
    for character in directory.chars() {
        if character.is_alphanumeric() || character == '_' {
            prefix.push(character);
        } else if !prefix.is_empty() && !prefix.ends_with('-') {
            prefix.push('-');
        }
        if prefix.len() >= PREFIX_MAX {
            break;
        }
    }
    let prefix = prefix.trim_end_matches('-');
    if prefix.is_empty() {
        "project-".to_owned()
    } else {
        format!("{prefix}-")
    }
}
