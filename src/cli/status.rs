//! `ao status`: what runs.

use std::io::Write as _;

use super::args::StatusArgs;
use super::message::{self, Exit, Failure, Outcome, stdout_failed};
use super::{Invocation, ask, load, table, terminal};
use crate::config::Fleet;
use crate::daemon::client::{Client, ClientError, document_without_daemon, find_daemon};
use crate::daemon::wire::{Message, Request, Status};

pub(crate) fn run(invocation: &Invocation, args: &StatusArgs) -> Outcome {
    let fleet = load::fleet_or_running(invocation)?;
    let status = ask::runtime()?.block_on(document(&fleet))?;
    let text = if args.json {
        let json = terminal::json(&status);
        json.map_err(|e| Failure::new(format!("a defect of ao: no JSON of the status: {e}")))?
            + "\n"
    } else {
        table::render(&status, &table::Reader::here())
    };
    terminal::stdout()
        .write_all(text.as_bytes())
        .map_err(|e| stdout_failed(&e))?;
    Ok(Exit::DONE)
}

/// The status: the daemon's, or what can be seen without it.
pub(crate) async fn document(fleet: &Fleet) -> Result<Status, Failure> {
    let answer = match find_daemon(fleet).await {
        Ok(None) => return document_without_daemon(fleet).map_err(|e| ask::refused(&e)),
        Ok(Some(mut client)) => ask_for(&mut client).await,
        Err(error) => Err(error),
    };
    answer.or_else(|error| {
        let text = format!("{error}; this is what tmux says");
        message::warning(&text, Some(error.hint()));
        document_without_daemon(fleet).map_err(|e| ask::refused(&e))
    })
}

/// The daemon's own status.
pub(crate) async fn ask_for(client: &mut Client) -> Result<Status, ClientError> {
    client.send(&Request::Status).await?;
    loop {
        match client.next(Some(ask::READY)).await? {
            Message::Status(status) => return Ok(*status),
            Message::Note(note) => message::note(&note),
            Message::Done { .. } => return Err(ClientError::Ended),
            _ => {}
        }
    }
}
