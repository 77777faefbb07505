//! `ao phase`: where the loop stands, and another phase by a person's word.

use std::io::Write as _;

use super::args::{PhaseArgs, PhaseVerb};
use super::message::{self, Exit, Failure, Outcome, stdout_failed};
use super::{Invocation, ask, load, terminal};
use crate::config::{Fleet, Loop, current_phase};
use crate::daemon::client::{Client, find_daemon, phase_at, set_phase_without_daemon};
use crate::daemon::wire::{Message, Phase, PhaseTo, Request};

pub(crate) fn run(invocation: &Invocation, args: &PhaseArgs) -> Outcome {
    let fleet = load::fleet_or_running(invocation)?;
    if fleet.loop_.is_none() && !fleet.loop_broken.is_empty() {
        load::tell(&fleet.loop_broken);
        return Err(Failure::told(Exit::USAGE));
    }
    let phases = fleet.loop_.as_ref().filter(|lo| !lo.phases.is_empty());
    let Some(lo) = phases else {
        return print("no [loop].phases configured");
    };
    match args.verb.unwrap_or(PhaseVerb::Show) {
        PhaseVerb::Show => show(&fleet, lo),
        PhaseVerb::Next => go_to(&fleet, lo, PhaseTo::Next),
        PhaseVerb::Set { index } if index < lo.phases.len() => {
            go_to(&fleet, lo, PhaseTo::Set(index))
        }
        PhaseVerb::Set { index } => {
            let last = lo.phases.len() - 1;
            let text = format!("there is no phase {index}; phases count from 0 to {last}");
            Err(Failure::usage(text).hint("`ao phase` shows them; nothing was changed"))
        }
    }
}

fn show(fleet: &Fleet, lo: &Loop) -> Outcome {
    let current = current_phase(fleet);
    for warning in &current.warnings {
        message::warning(warning, None);
    }
    let (index, phase) = current.value.ok_or_else(no_phase)?;
    let ids: Vec<&str> = lo.phases.iter().map(|phase| phase.id.as_str()).collect();
    let (place, count) = (index + 1, ids.len());
    let seq = ids.join(" ");
    print(&format!("phase {} [{place}/{count}] seq: {seq}", phase.id))
}

/// What the caller has found out cannot be.
fn no_phase() -> Failure {
    Failure::new("the loop has no phases")
}

/// Has the watchdog go there, or writes it down for the next one.
fn go_to(fleet: &Fleet, lo: &Loop, to: PhaseTo) -> Outcome {
    ask::runtime()?.block_on(async {
        let client = find_daemon(fleet).await.map_err(|e| ask::unanswered(&e))?;
        let phase = match client {
            Some(client) => match ask_for(client, to).await? {
                Ok(phase) => phase,
                Err(exit) => return Ok(exit),
            },
            None => without_watchdog(fleet, lo, to)?,
        };
        print(&format!("phase idx now {} ({})", phase.index, phase.id))
    })
}

/// The phase that it is now; else how the verb ends, after what was told.
async fn ask_for(mut client: Client, to: PhaseTo) -> Result<Result<Phase, Exit>, Failure> {
    let request = Request::Phase { to };
    let sent = client.send(&request).await;
    sent.map_err(|e| ask::unanswered(&e))?;
    let mut phase = None;
    loop {
        let message = client.next(Some(ask::PATIENCE)).await;
        match message.map_err(|e| ask::unanswered(&e))? {
            Message::Phase(now) => phase = Some(now),
            Message::Note(note) => message::note(&note),
            Message::Done { code: 0 } => return Ok(phase.ok_or(Exit::FAILED)),
            Message::Done { code } => return Ok(Err(Exit(code))),
            _ => {}
        }
    }
}

fn without_watchdog(fleet: &Fleet, lo: &Loop, to: PhaseTo) -> Result<Phase, Failure> {
    let index = match to {
        PhaseTo::Set(index) => index,
        PhaseTo::Next => {
            let (current, phase) = current_phase(fleet).value.ok_or_else(no_phase)?;
            if current + 1 == lo.phases.len() {
                let text = format!("{} is the last phase", phase.id);
                return Err(Failure::new(text).hint("`ao phase` shows them; nothing was changed"));
            }
            current + 1
        }
    };
    set_phase_without_daemon(fleet, index).map_err(|error| ask::refused(&error))?;
    phase_at(fleet, index).ok_or_else(no_phase)
}

fn print(text: &str) -> Outcome {
    let written = writeln!(terminal::stdout(), "{}", terminal::line(text));
    written.map_err(|e| stdout_failed(&e))?;
    Ok(Exit::DONE)
}
