//! What a config asks for and this release does not act upon yet.

use super::agent::{Agent, Watch};
use super::backend::Backend;
use super::fleet::{Fleet, LogSource};

/// How many agents a sentence names.
const NAMED_MAX: usize = 5;

impl Fleet {
    /// A sentence for each rule of the config that is read and checked, but not acted upon yet,
    /// with whom it is about. Empty when everything is acted upon.
    pub fn rules_not_acted_on(&self) -> Vec<String> {
        let watched = |agent: &&Agent| agent.is_watched();
        let mut rules = Vec::new();
        let mut rule = |what: &str, whom: Vec<&str>| {
            if !whom.is_empty() {
                rules.push(format!("{what} ({})", few(&whom)));
            }
        };
        let agents = |wanted: &dyn Fn(&Agent) -> bool| {
            let chosen = self.agents.iter().filter(|agent| wanted(agent));
            chosen.map(|agent| agent.name.as_str()).collect::<Vec<_>>()
        };
        let backends = |asks: &dyn Fn(&Backend) -> bool| {
            let mut names: Vec<&str> = self
                .agents
                .iter()
                .filter(watched)
                .filter(|agent| asks(&agent.backend))
                .map(|agent| agent.backend.name.as_str())
                .collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        rule(
            "watch = \"heal+stall\" heals, and does not look for stalls yet",
            agents(&|agent| agent.enabled && agent.watch == Watch::HealAndStall),
        );
        rule(
            "`limit_re` is shown as a state, and no limit is waited out yet",
            backends(&|backend| backend.limit_re.is_some()),
        );
        rule(
            "`fatal_re` is shown as a state, and restarts nothing yet",
            backends(&|backend| backend.fatal_re.is_some()),
        );
        rule(
            "`process_name` is compared by `status`, and restarts nothing yet",
            backends(&|backend| backend.process_name.is_some()),
        );
        rule(
            "`wake` does not happen yet",
            agents(&|agent| agent.wake.is_some()),
        );
        rules.extend(self.loop_rules());
        if self.log == LogSource::Pipe {
            rules.push("log = \"pipe\" is not done yet; logs come from the stream".to_owned());
        }
        rules
    }

    fn loop_rules(&self) -> Vec<String> {
        let mut rules = Vec::new();
        let Some(loop_) = &self.loop_ else {
            return rules;
        };
        if loop_.auto_advance && !loop_.phases.is_empty() {
            rules.push("phases of [loop] do not advance by themselves yet".to_owned());
        }
        if loop_.handoff.is_some() {
            rules.push("[loop.handoff] does not ping yet".to_owned());
        }
        if loop_.on_complete.is_some() {
            rules.push("[loop.on_complete] does not happen yet".to_owned());
        }
        rules
    }
}

fn few(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMED_MAX);
    let shown = names
        .iter()
        .take(NAMED_MAX)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}
