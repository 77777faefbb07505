//! `ao internal replay`: a journal through the supervisor again.

use std::io::{self, Write};
use std::path::PathBuf;

use super::message::{Exit, Failure, Outcome, count, stdout_failed};
use super::terminal;
use crate::daemon::journal::{Difference, Lines, Replay, Replayed};

pub(crate) fn run(files: &[PathBuf]) -> Outcome {
    let unreadable =
        |error: io::Error| Failure::new(format!("the journal cannot be read: {error}"));
    let mut replay = Replay::new(Lines::of(files).map_err(unreadable)?);
    let mut out = terminal::stdout();
    for difference in replay.by_ref() {
        let difference = difference.map_err(unreadable)?;
        show(&difference, &mut out).map_err(|e| stdout_failed(&e))?;
    }
    let done = replay.so_far();
    let written = writeln!(out, "{}", summary(done)).and_then(|()| out.flush());
    written.map_err(|e| stdout_failed(&e))?;
    if done.begins == 0 {
        return Err(
            Failure::new("no machine stands in these files, so nothing could be run")
                .hint("each file of a journal begins with one; name them whole, the oldest first"),
        );
    }
    Ok(if done.differences == 0 {
        Exit::DONE
    } else {
        Exit::FAILED
    })
}

fn show(difference: &Difference, out: &mut impl Write) -> io::Result<()> {
    let place = format!("{}:{}", difference.path.display(), difference.line);
    let head = format!(
        "{place}: entry {} of {}",
        difference.seq, difference.now.wall
    );
    writeln!(out, "{}", terminal::line(&head))?;
    let input = terminal::json(&difference.input).map_err(io::Error::other)?;
    writeln!(out, "  input     {input}")?;
    for (word, actions) in [("expected", &difference.expected), ("got", &difference.got)] {
        if actions.is_empty() {
            writeln!(out, "  {word:8}  nothing")?;
        }
        for action in actions {
            let action = terminal::json(action).map_err(io::Error::other)?;
            writeln!(out, "  {word:8}  {action}")?;
        }
    }
    Ok(())
}

fn summary(done: Replayed) -> String {
    let number = |n: u64, what: &str| count(usize::try_from(n).unwrap_or(usize::MAX), what);
    let mut text = format!(
        "{} from {}: {}",
        number(done.steps, "input"),
        number(done.begins, "machine"),
        number(done.differences, "difference"),
    );
    let others = [
        (done.skipped, "before the first machine"),
        (done.missed, "missing"),
        (done.unreadable, "not readable"),
    ];
    for (n, what) in others.into_iter().filter(|(n, _)| *n > 0) {
        text.push_str(&format!(", {n} {what}"));
    }
    text
}
