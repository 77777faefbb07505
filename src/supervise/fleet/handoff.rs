//! Work that agents hand to each other over a git remote.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{HandoffMemory, HandoffSpec, Run, Supervisor};
use crate::supervise::fact::Fact;
use crate::supervise::input::{Op, UnitName};
use crate::supervise::letter::{Letter, Purpose};
use crate::supervise::remote::Remote;
use crate::supervise::spec::UnitKind;
use crate::supervise::text;
use crate::supervise::timer::Timer;
use crate::supervise::unit::Unit;
use crate::supervise::{Action, Mutant};

/// What is known of the remote.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Handoff {
    pub(super) spec: Option<HandoffSpec>,
    pub(super) memory: HandoffMemory,
    looking: Option<Op>,
    /// How often looks failed in a row.
    failures: u32,
}

impl Handoff {
    pub(super) fn new(memory: HandoffMemory) -> Self {
        Self {
            memory,
            ..Self::default()
        }
    }
}

impl Supervisor {
    /// Looks at the remote when it is time.
    pub(super) fn tend_handoff(&mut self, run: &mut Run<'_>) {
        let wanted = |unit: &Unit| {
            let looped = unit
                .spec()
                .is_some_and(|spec| spec.kind == UnitKind::Loop && spec.enabled);
            looped && unit.wanted(self.fleet) == Some(true)
        };
        let idle = self.handoff.spec.is_none()
            || !self.ready
            || self.paused
            || self.sequence.is_complete()
            || !self.units.iter().any(wanted);
        if idle {
            self.timers.clear(Timer::Fetch);
            return;
        }
        if self.handoff.looking.is_some() || self.timers.is_set(Timer::Fetch) {
            return;
        }
        let place = self.handoff.spec.as_ref().map(|spec| spec.place.clone());
        let place = place.unwrap_or_default();
        if self.handoff.memory.place != place {
            run.remember = true;
            self.handoff.memory = HandoffMemory {
                place,
                ..HandoffMemory::default()
            };
        }
        self.last_op += 1;
        let op = Op(self.last_op);
        self.handoff.looking = Some(op);
        run.out.push(Action::Fetch {
            op,
            since: self.handoff.memory.head.clone(),
        });
    }

    pub(super) fn fetched(&mut self, run: &mut Run<'_>, done: Op, result: Result<Remote, String>) {
        if self.handoff.looking != Some(done) {
            return;
        }
        self.handoff.looking = None;
        let failed = self.handoff.failures;
        let delay = match &result {
            Ok(_) => {
                self.handoff.failures = 0;
                self.policy.signal_interval
            }
            Err(_) => {
                self.handoff.failures = failed.saturating_add(1);
                let doubled = 1_u32.checked_shl(failed).unwrap_or(u32::MAX);
                let most = self.policy.fetch_delay_max.max(self.policy.signal_interval);
                self.policy
                    .signal_interval
                    .saturating_mul(doubled)
                    .min(most)
            }
        };
        self.timers.set_mono(
            Timer::Fetch,
            run.now
                .mono
                .saturating_add(delay.max(Duration::from_millis(50))),
        );
        match result {
            Ok(remote) => {
                if failed > 0 {
                    run.announce(trouble(None));
                }
                self.take_remote(run, remote);
            }
            Err(reason) if failed == 0 => run.announce(trouble(Some(reason))),
            Err(_) => {}
        }
    }

    fn take_remote(&mut self, run: &mut Run<'_>, remote: Remote) {
        let Some(spec) = self.handoff.spec.clone() else {
            return;
        };
        if self.handoff.memory.place != spec.place {
            return;
        }
        let before = self.handoff.memory.clone();
        // The first look only learns where the branch stands.
        if before
            .head
            .as_ref()
            .is_some_and(|head| *head != remote.head)
        {
            if !remote.claims.is_empty() && !self.policy.breaks(Mutant::LosesClaims) {
                self.ping(
                    run,
                    &spec.claim_pings,
                    "a claim was pushed",
                    remote.claims,
                    text::claim(),
                );
            }
            if !remote.reviews.is_empty() {
                self.ping(
                    run,
                    &spec.review_pings,
                    "a review was pushed",
                    remote.reviews,
                    text::review(),
                );
            }
        }
        let targets = [&spec.claim_pings, &spec.review_pings];
        for (index, target) in targets.into_iter().enumerate() {
            let (now, known) = (&remote.inboxes[index], &before.inboxes[index]);
            if let (Some(_), Some(path)) =
                (now.as_ref().filter(|_| now != known), &spec.inboxes[index])
            {
                let what = format!("{path} changed");
                self.ping(run, target, &what, Vec::new(), text::inbox(path));
            }
        }
        self.handoff.memory.head = Some(remote.head);
        self.handoff.memory.inboxes = remote.inboxes;
        run.remember |= self.handoff.memory != before;
    }

    fn ping(
        &mut self,
        run: &mut Run<'_>,
        to: &UnitName,
        what: &str,
        subjects: Vec<String>,
        text: String,
    ) {
        run.announce(Fact::Handoff {
            unit: to.clone(),
            what: what.to_owned(),
            subjects,
        });
        self.one(run, to, |unit, ctx| {
            unit.post(ctx, Letter::new(Purpose::Ping, text))
        });
    }
}

fn trouble(reason: Option<String>) -> Fact {
    Fact::Trouble {
        about: "hand-off".to_owned(),
        reason,
    }
}
