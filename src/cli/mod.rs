//! What people see: a verb a file.
#![allow(
    clippy::disallowed_methods,
    reason = "an edge room: it talks to people, files and other processes"
)]

/// Runs the command line of this process and says how it ended.
pub fn main() -> std::process::ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let [_, internal, client, parent, pid, dashes, argv @ ..] = args.as_slice() else {
        return std::process::ExitCode::from(2);
    };
    let verb = [internal, client, parent, dashes];
    if verb != ["internal", "client", "--parent", "--"] {
        return std::process::ExitCode::from(2);
    }
    let Some(pid) = pid.to_str().and_then(|pid| pid.parse().ok()) else {
        return std::process::ExitCode::from(2);
    };
    let Some(pid) = crate::os::process::Pid::new(pid) else {
        return std::process::ExitCode::from(2);
    };
    eprintln!("error: {}", crate::tmux::become_client(pid, argv));
    std::process::ExitCode::FAILURE
}
