//! `ao init`: a first config.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::args::InitArgs;
use super::message::{self, Exit, Failure, Outcome, stdout_failed};
use super::terminal;
use crate::config;

pub(crate) fn run(args: &InitArgs) -> Outcome {
    let dir = &args.dir;
    let failed = |path: &Path, error: &io::Error| {
        Failure::new(format!("{} could not be made: {error}", path.display()))
    };
    let whole = std::path::absolute(dir).map_err(|e| failed(dir, &e))?;
    if whole.to_string_lossy().contains(char::is_control) {
        return Err(Failure::new(format!(
            "no fleet can be in {}: its path holds a control character",
            dir.display()
        ))
        .hint("rename the directory, or give another one: `ao init DIR`"));
    }
    std::fs::create_dir_all(dir).map_err(|e| failed(dir, &e))?;
    // `.` and `..` have no name of their own.
    let named = dir.canonicalize().map_err(|e| failed(dir, &e))?;
    let name = named.file_name().unwrap_or_default();

    let here = dir == Path::new(".");
    let in_dir = |name: &str| {
        if here {
            PathBuf::from(name)
        } else {
            dir.join(name)
        }
    };
    let path = in_dir("agents.toml");
    let mut file = match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Failure::new(format!(
                "{} is there already, and is left as it is",
                path.display()
            ))
            .hint("edit it, or give another directory: `ao init DIR`"));
        }
        Err(error) => return Err(failed(&path, &error)),
    };
    file.write_all(config::starter(name).as_bytes())
        .map_err(|e| failed(&path, &e))?;
    let prompts = in_dir("prompts");
    std::fs::create_dir_all(&prompts).map_err(|e| failed(&prompts, &e))?;

    let shown = terminal::line(&path.to_string_lossy()).into_owned();
    writeln!(terminal::stdout(), "{shown}").map_err(|e| stdout_failed(&e))?;
    let next = if here {
        "ao up".to_owned()
    } else {
        format!("ao up --config {shown}")
    };
    message::info(
        &format!("wrote {shown} and {}", prompts.display()),
        Some(&format!("edit them, then `{next}`")),
    );
    Ok(Exit::DONE)
}
