//! `ao demo`: a fleet at work on a server of its own, and nothing left behind.

mod cast;
mod live;
mod stage;
mod story;

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::args::DemoArgs;
use super::message::{self, Exit, Failure, Outcome, count, stdout_failed};
use super::{ask, events, load, status, table, terminal};
use crate::config::Fleet;
use crate::daemon::client::{Client, find_daemon};
use crate::daemon::wire::{Event, Message, Request};
use live::Live;
use stage::Stage;
use story::Story;

/// The table is drawn anew at most so often when much happens.
const FRAME: Duration = Duration::from_millis(100);
/// And at least so often, for the spans of time in it.
const TICK: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &DemoArgs) -> Outcome {
    ask::runtime()?.block_on(async {
        // From here on signals end the demo in order, so that nothing stays behind.
        let mut signals = Signals::listen()?;
        let stage = Stage::build(args.agents)?;
        let mut story = Story::default();
        let outcome = tokio::select! {
            outcome = play(&stage, args, &mut story) => outcome,
            exit = signals.next() => Ok(exit),
        };
        if outcome.is_ok() {
            story.tell();
        }
        let cleared = stage.clear().await;
        match (outcome, cleared) {
            (Err(failure), Err(left)) => {
                left.tell();
                Err(failure)
            }
            (Ok(_), Err(left)) => Err(left),
            (outcome, Ok(())) => outcome,
        }
    })
}

async fn play(stage: &Stage, args: &DemoArgs, story: &mut Story) -> Outcome {
    let terminal = terminal::is_stdout_terminal();
    if stage.cast.misses_git {
        message::warning(
            "git cannot be run: the demo goes without the two agents that hand work over",
            None,
        );
    }
    if terminal {
        let agents = count(usize::try_from(args.agents).unwrap_or(usize::MAX), "agent");
        let text = format!("{agents} on a tmux server of their own; not all goes well for them");
        message::info(&text, Some("Ctrl-C ends it; nothing stays behind"));
    }
    let (caller, _) = load::caller();
    let request = Request::Up {
        names: Vec::new(),
        caller,
    };
    let exit = ask::daemon(&stage.fleet, &request).await?;
    if exit != Exit::DONE {
        return Ok(exit);
    }
    let end = Instant::now() + args.time;
    let client = find_daemon(&stage.fleet)
        .await
        .map_err(|e| ask::unanswered(&e))?;
    let mut client = client.ok_or_else(|| Failure::new("the demo's watchdog has ended"))?;
    let follow = Request::Events { follow: true };
    client
        .send(&follow)
        .await
        .map_err(|e| ask::unanswered(&e))?;
    if terminal {
        watch(&stage.fleet, &mut client, end, story).await?;
    } else {
        print(&mut client, end, story).await?;
    }
    Ok(Exit::DONE)
}

/// Event lines, until `end`.
async fn print(client: &mut Client, end: Instant, story: &mut Story) -> Result<(), Failure> {
    loop {
        let event = tokio::select! {
            event = next_event(client) => event?,
            () = sleep_until(end) => return Ok(()),
        };
        story.hear(&event);
        events::print(&event, false).map_err(|e| stdout_failed(&e))?;
    }
}

/// The table, drawn anew whenever something happened, until `end`.
async fn watch(
    fleet: &Fleet,
    client: &mut Client,
    end: Instant,
    story: &mut Story,
) -> Result<(), Failure> {
    let mut live = Live::begin();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut drawn = Instant::now() - FRAME;
    let mut due = None;
    loop {
        tokio::select! {
            event = next_event(client) => {
                story.hear(&event?);
                due.get_or_insert((drawn + FRAME).max(Instant::now()));
                continue;
            }
            () = sleep_until(due.unwrap_or(end)), if due.is_some() => {}
            _ = tick.tick() => {}
            () = sleep_until(end) => return Ok(()),
        }
        let status = status::document(fleet).await?;
        let left = end.saturating_duration_since(Instant::now());
        let text = table::render(&status, &table::Reader::here());
        live.draw(&text, left, &story.so_far())
            .map_err(|e| stdout_failed(&e))?;
        drawn = Instant::now();
        due = None;
    }
}

async fn next_event(client: &mut Client) -> Result<Event, Failure> {
    loop {
        match client.next(None).await.map_err(|e| ask::unanswered(&e))? {
            Message::Event(event) => return Ok(*event),
            Message::Done { .. } => return Err(Failure::new("the demo's watchdog has ended")),
            _ => {}
        }
    }
}

/// The signals that end a program that has a terminal.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let on = |kind| {
            signal(kind).map_err(|e| Failure::new(format!("signals cannot be awaited: {e}")))
        };
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            hangup: on(SignalKind::hangup())?,
        })
    }

    /// How to end, as a shell would have it: 128 + the signal's number.
    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::INTERRUPTED,
            _ = self.terminate.recv() => Exit::TERMINATED,
            _ = self.hangup.recv() => Exit::HUNG_UP,
        }
    }
}
