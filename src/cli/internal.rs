//! What ao runs by itself.

use super::args::{Internal, InternalArgs};
use super::message::{Failure, Outcome};
use super::{demo_agent, replay};
use crate::os::process::Pid;
use crate::tmux;

pub(crate) fn run(args: &InternalArgs) -> Outcome {
    match &args.verb {
        Internal::DemoAgent(args) => demo_agent::run(args),
        Internal::Replay { files } => replay::run(files),
        Internal::Client {
            parent,
            open_files,
            argv,
        } => {
            let Some(parent) = Pid::new(*parent) else {
                return Err(Failure::usage(format!("{parent} is no process id")));
            };
            let error = tmux::become_client(parent, *open_files, argv);
            Err(Failure::new(error.to_string()))
        }
    }
}
