//! The remote of the hand-off.

use std::time::Duration;

use ao::supervise::{Input, Op, Remote};

use super::World;
use crate::check::Topic;
use crate::faults::Kind;

/// What a commit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Claim,
    Review,
    Other,
}

/// The branch on the remote.
#[derive(Debug, Default)]
pub(crate) struct Git {
    commits: Vec<(String, About)>,
    made: u64,
    /// Commits that are no part of the history any more, and where it began to differ.
    gone_ids: Vec<(String, usize)>,
    pub(crate) inboxes: [Option<String>; 2],
    /// It cannot be reached.
    pub(crate) gone: bool,
    /// It takes its time.
    pub(crate) slow: bool,
    /// Since when it has been well, awake.
    pub(crate) calm_since: Duration,
}

impl Git {
    pub(crate) fn new() -> Self {
        let mut git = Self::default();
        git.push(About::Other);
        git
    }

    /// For how long it has been well.
    pub(crate) fn calm_for(&self, awake: Duration) -> Duration {
        if self.gone || self.slow {
            return Duration::ZERO;
        }
        awake.saturating_sub(self.calm_since)
    }

    /// The number of the last thing that was pushed about something; 0 if nothing is there.
    pub(crate) fn last(&self, topic: Topic) -> u64 {
        let about = match topic {
            Topic::Claim => About::Claim,
            Topic::Review => About::Review,
            Topic::Inbox(which) => {
                let digest = self.inboxes[which].as_deref();
                return digest.and_then(number).unwrap_or_default();
            }
        };
        let mut last = self.commits.iter().rev();
        let found = last.find(|(_, known)| *known == about);
        found.and_then(|(id, _)| number(id)).unwrap_or_default()
    }

    fn push(&mut self, about: About) {
        self.made += 1;
        self.commits.push((format!("commit-{}", self.made), about));
    }

    fn rewrite(&mut self) {
        let from = self.commits.len().saturating_sub(3).max(1);
        for (id, _) in &mut self.commits[from..] {
            self.made += 1;
            let gone = std::mem::replace(id, format!("commit-{}", self.made));
            self.gone_ids.push((gone, from));
        }
    }

    fn remote(&self, since: Option<&str>) -> Remote {
        let head = self.commits.last().map(|(id, _)| id.clone());
        let known = since.and_then(|since| self.commits.iter().position(|(id, _)| id == since));
        let base = since.and_then(|since| {
            let gone = self.gone_ids.iter().filter(|(id, _)| id == since);
            gone.map(|(_, from)| *from).min()
        });
        let new = match (known, base) {
            (Some(known), _) => &self.commits[known + 1..],
            (None, Some(base)) => &self.commits[base..],
            (None, None) => &[],
        };
        let about = |wanted: About| {
            let found = new.iter().rev().filter(|(_, about)| *about == wanted);
            found.map(|(id, _)| format!("{wanted:?}: {id}")).collect()
        };
        Remote {
            head: head.unwrap_or_default(),
            rewritten: since.is_some() && known.is_none(),
            claims: about(About::Claim),
            reviews: about(About::Review),
            inboxes: self.inboxes.clone(),
        }
    }
}

/// The number in the name of a commit or of a digest.
pub(crate) fn number(name: &str) -> Option<u64> {
    name.rsplit('-').next()?.parse().ok()
}

impl World {
    /// An agent pushes.
    pub(crate) fn pushed(&mut self, about: About) {
        self.counts.hit(match about {
            About::Claim => Kind::ClaimPushed,
            _ => Kind::ReviewPushed,
        });
        self.git.push(about);
    }

    /// An agent leaves a file in an inbox, or takes it away.
    pub(crate) fn inbox(&mut self, which: usize) {
        self.git.made += 1;
        let digest = format!("inbox-{}", self.git.made);
        self.git.inboxes[which] = match self.git.inboxes[which] {
            Some(_) if self.chance.percent(60) => None,
            _ => {
                self.counts.hit(Kind::InboxLeft);
                Some(digest)
            }
        };
        self.git.push(About::Other);
    }

    pub(crate) fn rewritten(&mut self) {
        self.counts.hit(Kind::HistoryRewritten);
        self.git.rewrite();
    }

    pub(crate) fn fetch_takes(&mut self) -> Duration {
        if self.git.slow || self.git.gone {
            self.chance.secs(20, 60)
        } else {
            self.chance.ms(300, 3000)
        }
    }

    pub(crate) fn fetch(&mut self, op: Op, since: Option<&str>) {
        let result = if self.git.gone {
            Err("the remote cannot be reached".to_owned())
        } else {
            if since.is_none() {
                // The first look only learns where the branch stands.
                for topic in [Topic::Claim, Topic::Review] {
                    let handed = &mut self.truth.handed[topic.place()];
                    handed.typed = handed.typed.max(self.git.last(topic));
                }
            }
            Ok(self.git.remote(since))
        };
        self.tell(Input::Fetched { op, result });
    }
}
