//! What happened in a demo, in a few lines.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::cast::PAIR;
use crate::cli::duration;
use crate::cli::message::{self, count};
use crate::daemon::wire::{Event, Outcome, What};

/// What happened so far. Ends that ao itself brought about are no deaths.
#[derive(Debug, Default)]
pub(super) struct Story {
    starts: usize,
    deaths: usize,
    restarts: usize,
    gave_up: BTreeSet<String>,
    stalled: BTreeSet<String>,
    nudged: BTreeSet<String>,
    /// Who is started anew because it stalled.
    to_restart: BTreeSet<String>,
    limits: BTreeMap<String, Limit>,
    handoffs: usize,
    typed: usize,
    storms: usize,
    phases: usize,
    complete: bool,
    /// When each that died and is started at once died.
    died: BTreeMap<String, Timestamp>,
    /// The longest time from a death to a start at once.
    back: Option<Duration>,
}

#[derive(Debug)]
struct Limit {
    since: Timestamp,
    over: Option<Timestamp>,
}

impl Story {
    /// Takes in what happened next.
    pub(super) fn hear(&mut self, event: &Event) {
        match &event.what {
            What::Start { agent, .. } => {
                self.starts += 1;
                if let Some(died) = self.died.remove(agent) {
                    let took = Duration::try_from(event.time.duration_since(died));
                    self.back = self.back.max(took.ok());
                }
            }
            What::Death { agent, .. } => {
                self.died.insert(agent.clone(), event.time);
            }
            What::Restart {
                agent,
                attempt,
                delay_ms,
                ..
            } => {
                let stalled = self.to_restart.remove(agent);
                if *attempt > 0 && !stalled {
                    self.deaths += 1;
                    self.restarts += 1;
                }
                if stalled || *attempt == 0 || *delay_ms > 0 {
                    self.died.remove(agent);
                }
            }
            What::GaveUp { agent, .. } => {
                self.deaths += 1;
                self.gave_up.insert(agent.clone());
            }
            What::Stall { agent, .. } => {
                self.stalled.insert(agent.clone());
                self.to_restart.insert(agent.clone());
            }
            What::Limit { agent, .. } => {
                self.limits.entry(agent.clone()).or_insert(Limit {
                    since: event.time,
                    over: None,
                });
            }
            What::Lifted { agent, .. } => {
                if let Some(limit) = self.limits.get_mut(agent) {
                    limit.over.get_or_insert(event.time);
                }
            }
            What::Delivery {
                agent,
                purpose,
                outcome,
                ..
            } => {
                if *outcome == Outcome::Landed {
                    self.typed += 1;
                }
                if purpose == "nudge" {
                    self.to_restart.remove(agent);
                    self.nudged.insert(agent.clone());
                }
            }
            What::Handoff { .. } => self.handoffs += 1,
            What::Storm { .. } => self.storms += 1,
            What::Phase { .. } => self.phases += 1,
            What::Complete { .. } => {
                self.phases += 1;
                self.complete = true;
            }
            _ => {}
        }
    }

    /// One short line, while it goes on.
    pub(super) fn so_far(&self) -> String {
        let mut parts = vec![count(self.deaths, "death")];
        if self.handoffs > 0 {
            parts.push(count(self.handoffs, "hand-off"));
        }
        if self.phases > 0 {
            parts.push(format!("{} done", count(self.phases, "phase")));
        }
        parts.join(", ")
    }

    /// Tells it, if there is anything to tell.
    pub(super) fn tell(&self) {
        if self.starts > 0 {
            message::info(
                &format!("what happened\n  {}", self.lines().join("\n  ")),
                Some("`ao init` writes a first agents.toml of your own"),
            );
        }
    }

    /// The whole of it, a line each.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{}, {}",
            count(self.starts, "start"),
            count(self.deaths, "death")
        )];
        if self.restarts > 0 {
            let back = self.back.map_or(String::new(), |back| {
                format!(
                    "; whoever was not made to wait was back within {}",
                    short(back)
                )
            });
            lines.push(format!(
                "{} after a death{back}",
                count(self.restarts, "restart")
            ));
        }
        for name in &self.gave_up {
            lines.push(format!(
                "{name} died again and again: it has failed for good, and a person has to look"
            ));
        }
        for name in &self.stalled {
            let done = if self.nudged.contains(name) {
                "asked to go on"
            } else {
                "started anew"
            };
            lines.push(format!("{name} fell silent, and was {done}"));
        }
        for (name, limit) in &self.limits {
            lines.push(match limit.over {
                Some(over) => {
                    let waited = Duration::try_from(over.duration_since(limit.since)).unwrap_or_default();
                    let waited = duration::rough(waited);
                    format!("{name} ran into a usage limit: it was left alone for {waited}, then asked to go on")
                }
                None => format!("{name} ran into a usage limit, and waits for its end"),
            });
        }
        if self.storms > 0 {
            lines.push("several died at once: they were started one by one".to_owned());
        }
        if self.handoffs > 0 {
            let [one, other] = PAIR;
            let end = if self.complete { ", to the end" } else { "" };
            let phases = match self.phases {
                0 => String::new(),
                phases => format!(" through {}{end}", count(phases, "phase")),
            };
            lines.push(format!(
                "{one} and {other} handed work over {} by git{phases}",
                times(self.handoffs)
            ));
        }
        if self.typed > 0 {
            lines.push(format!(
                "{} typed into agents, and seen to arrive",
                count(self.typed, "line")
            ));
        }
        lines
    }
}

/// `once`, `twice`, `3 times`.
fn times(n: usize) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

/// `12 ms`, and from a second on as spans are told elsewhere.
fn short(span: Duration) -> String {
    if span < Duration::from_secs(1) {
        format!("{} ms", span.as_millis().max(1))
    } else {
        duration::rough(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::wire::{Event, Source};

    fn told(events: &[(i64, What)]) -> Vec<String> {
        let mut story = Story::default();
        for (seq, (millis, what)) in (1..).zip(events) {
            let time = Timestamp::from_millisecond(*millis).expect("a time");
            let what = what.clone();
            story.hear(&Event {
                version: 1,
                seq,
                time,
                what,
            });
        }
        story.lines()
    }

    fn start(agent: &str) -> What {
        What::Start {
            agent: agent.to_owned(),
            pane: "%1".to_owned(),
            pid: 1,
        }
    }

    fn death(agent: &str) -> What {
        What::Death {
            agent: agent.to_owned(),
            pane: None,
            pid: None,
            exit_status: Some(1),
            exit_reason: None,
        }
    }

    fn restart(agent: &str, attempt: u32, delay_ms: u64) -> What {
        What::Restart {
            agent: agent.to_owned(),
            attempt,
            delay_ms,
            cause: "a cause".to_owned(),
            rows: Vec::new(),
        }
    }

    #[test]
    fn deaths_are_told_with_how_long_a_restart_at_once_took() {
        let lines = told(&[
            (0, start("a")),
            (100, death("a")),
            (101, restart("a", 1, 0)),
            (112, start("a")),
            (200, death("a")),
            (200, restart("a", 2, 1000)),
            (1200, start("a")),
            (1300, death("a")),
            (
                1300,
                What::GaveUp {
                    agent: "a".into(),
                    reason: "x".into(),
                },
            ),
        ]);
        assert_eq!(lines[0], "3 starts, 3 deaths");
        assert_eq!(
            lines[1],
            "2 restarts after a death; whoever was not made to wait was back within 12 ms"
        );
        assert!(lines[2].starts_with("a died again and again"), "{lines:?}");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn what_ao_ends_itself_is_no_death() {
        let stall = What::Stall {
            agent: "a".into(),
            silent_ms: Some(1),
            overslept: None,
            done: "x".into(),
        };
        let lines = told(&[
            (0, stall),
            (1, restart("a", 1, 0)),
            (2, death("a")),
            (3, start("a")),
            (
                4,
                What::Phase {
                    from: None,
                    to: "p".into(),
                    why: "x".into(),
                },
            ),
            (5, restart("b", 0, 0)),
            (6, death("b")),
            (900, start("b")),
        ]);
        assert_eq!(
            lines,
            ["2 starts, 0 deaths", "a fell silent, and was started anew"]
        );
    }

    #[test]
    fn limits_and_hand_offs_are_told() {
        let limit = What::Limit {
            agent: "w".into(),
            account: None,
            until: Some(Timestamp::UNIX_EPOCH),
            source: Source::Banner,
            banner: None,
            rows: Vec::new(),
        };
        let lifted = What::Lifted {
            agent: "w".into(),
            account: None,
            how: "x".into(),
        };
        let handoff = What::Handoff {
            agent: "builder".into(),
            text: "x".into(),
            subjects: Vec::new(),
        };
        let landed = What::Delivery {
            agent: "builder".into(),
            purpose: "ping".into(),
            outcome: Outcome::Landed,
            reason: None,
            text: None,
        };
        let lines = told(&[
            (0, limit),
            (9000, lifted),
            (9001, handoff.clone()),
            (9001, handoff),
            (9002, landed),
            (
                9003,
                What::Phase {
                    from: None,
                    to: "p".into(),
                    why: "x".into(),
                },
            ),
            (9004, What::Complete { last: "p".into() }),
        ]);
        assert_eq!(
            lines[1..],
            [
                "w ran into a usage limit: it was left alone for 9s, then asked to go on",
                "builder and adversary handed work over twice by git through 2 phases, to the end",
                "1 line typed into agents, and seen to arrive",
            ]
        );
    }
}
