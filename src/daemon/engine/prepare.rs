//! Puts together what a start needs: the prompt, the directory, the command line.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::conversation;
use crate::config::{self, Fleet, Launch, LaunchInput, Typed};
use crate::supervise::UnitName;
use crate::tmux::{Start, Tags};

/// What a start needs, put together off the loop: it reads and writes files.
pub(super) struct Prepared {
    pub(super) start: Start,
    pub(super) typed: Option<Typed>,
    /// An older conversation is taken up again.
    pub(super) resumed: bool,
    pub(super) warnings: Vec<String>,
}

/// Does everything of a start that can fail, before anything is ended. A `fresh` one begins a new
/// conversation whatever id there is.
pub(super) fn prepare(
    fleet: &Fleet,
    unit: &UnitName,
    shell: &str,
    hash: String,
    path: Option<String>,
    fresh: bool,
    exe: &Path,
) -> Result<Prepared, String> {
    let name = unit.as_str();
    if let Some(broken) = fleet
        .broken
        .iter()
        .find(|broken| broken.name.as_str() == name)
    {
        let mistakes: Vec<String> = broken
            .diagnostics
            .iter()
            .map(|d| d.message.clone())
            .collect();
        return Err(format!(
            "its part of the config is wrong: {}\nhint: `ao check` shows where",
            mistakes.join("; ")
        ));
    }
    let mut warnings = Vec::new();
    let (session, digest, launch) = if let Some(agent) = fleet.agent(name) {
        let phase = config::current_phase(fleet);
        warnings.extend(phase.warnings);
        let phase = phase.value.map(|(_, phase)| phase);
        let prompt = config::read_prompt(agent, phase).map_err(|error| error.to_string())?;
        warnings.extend(prompt.warnings);
        let conversation = conversation::of(fleet, agent, fresh);
        warnings.extend(conversation.warnings);
        let input = LaunchInput {
            phase,
            prompt: prompt.value,
            kickoff_path: fleet.kickoff_file(&agent.session),
            conversation: conversation.value,
            program: Some(exe.to_owned()),
        };
        let launch = config::launch(agent, &input);
        if let Some(kickoff) = &launch.kickoff {
            write_whole(&input.kickoff_path, kickoff).map_err(|error| {
                format!(
                    "its prompt cannot be written to {}: {error}",
                    input.kickoff_path.display()
                )
            })?;
        }
        (&agent.session, agent.digest(phase), launch)
    } else if let Some(service) = fleet.service(name) {
        (
            &service.session,
            service.digest(),
            config::launch_service(service),
        )
    } else {
        return Err("the config no longer has it".to_owned());
    };
    make_dir(&launch.dir)?;
    tracing::info!(agent = name, what = %launch.summary, "starting");
    let mut env: Vec<(OsString, OsString)> = vec![
        ("AO_AGENT".into(), name.into()),
        ("AO_SESSION".into(), session.as_str().into()),
        ("AO_CONFIG".into(), fleet.path.clone().into()),
    ];
    env.extend(path.map(|path| ("PATH".into(), path.into())));
    // What the config says comes last, and so counts.
    env.extend(launch.env.iter().map(|(k, v)| (k.into(), v.into())));
    let Launch {
        line,
        dir,
        typed,
        resumed,
        ..
    } = launch;
    Ok(Prepared {
        start: Start {
            session: session.as_str().to_owned(),
            dir,
            argv: vec![shell.into(), "-c".into(), OsString::from_vec(line)],
            env,
            tags: Tags {
                agent: name.to_owned(),
                fleet: hash,
                start: digest.to_string(),
            },
        },
        typed,
        resumed,
        warnings,
    })
}

/// Puts a file in place in one step. It is made anew with each start, so it need not survive a
/// crash of the machine.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".ao-new");
    // The prompt may hold what is nobody else's business.
    let options = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside);
    options?.write_all(bytes)?;
    std::fs::rename(&beside, path)
}

fn make_dir(dir: &Path) -> Result<(), String> {
    std::fs::create_dir_all(dir)
        .map_err(|error| format!("its directory {} cannot be made: {error}", dir.display()))
}

/// A person's default shell if its `-c` takes a line of the POSIX shell language.
pub(super) fn posix_shell(default: &str) -> String {
    let known = ["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "yash"];
    let name = Path::new(default)
        .file_name()
        .and_then(|name| name.to_str());
    match name {
        Some(name) if known.contains(&name) => default.to_owned(),
        _ => "/bin/sh".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_that_speaks_another_language_is_not_given_lines() {
        assert_eq!(posix_shell("/usr/bin/zsh"), "/usr/bin/zsh");
        for other in [
            "/usr/bin/fish",
            "/bin/false",
            "",
            "/usr/bin/nu",
            "/bin/tcsh",
        ] {
            assert_eq!(posix_shell(other), "/bin/sh", "{other}");
        }
    }
}
