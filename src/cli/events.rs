//! `ao events`: what happened, from the daemon.

use std::io::{self, Write as _};

use jiff::tz::TimeZone;

use super::args::EventsArgs;
use super::message::{self, Exit, Failure, Outcome, stdout_failed};
use super::{Invocation, ask, event_line, load, terminal};
use crate::config::Fleet;
use crate::daemon::client::{ClientError, find_daemon};
use crate::daemon::wire::{Event, Message, Request};

pub(crate) fn run(invocation: &Invocation, args: &EventsArgs) -> Outcome {
    let fleet = load::fleet_or_running(invocation)?;
    ask::runtime()?.block_on(show(&fleet, args))
}

async fn show(fleet: &Fleet, args: &EventsArgs) -> Outcome {
    let client = find_daemon(fleet).await.map_err(|e| ask::unanswered(&e))?;
    let Some(mut client) = client else {
        return Err(Failure::new(
            "no watchdog runs for this fleet, and it is who knows what happened",
        )
        .hint("`ao up watchdog` starts it; `ao logs watchdog` has what it did before"));
    };
    let request = Request::Events {
        follow: args.follow,
    };
    client
        .send(&request)
        .await
        .map_err(|e| ask::unanswered(&e))?;
    // What happened is ready in memory; what will happen may take long.
    let patience = (!args.follow).then_some(ask::READY);
    loop {
        let message = match client.next(patience).await {
            Ok(message) => message,
            Err(ClientError::Ended | ClientError::Io(_)) if args.follow => {
                return Err(
                    Failure::new("the watchdog has ended, so no more events come")
                        .hint("`ao status` shows what runs"),
                );
            }
            Err(error) => return Err(ask::unanswered(&error)),
        };
        match message {
            Message::Event(event) => print(&event, args.json).map_err(|e| stdout_failed(&e))?,
            Message::Missed { count } => {
                message::warning(
                    &format!("{count} events were missed: they came too fast"),
                    None,
                );
            }
            Message::Note(note) => message::note(&note),
            Message::Done { code } => return Ok(Exit(code)),
            Message::Progress { .. }
            | Message::Status(_)
            | Message::Phase(_)
            | Message::Screen(_)
            | Message::Reading(_) => {}
        }
    }
}

/// One event, one line, at once.
pub(crate) fn print(event: &Event, json: bool) -> io::Result<()> {
    let mut out = terminal::stdout();
    if json {
        let line = terminal::json(event).map_err(io::Error::other)?;
        writeln!(out, "{line}")?;
    } else {
        writeln!(out, "{}", event_line::render(event, &TimeZone::system()))?;
    }
    out.flush()
}
