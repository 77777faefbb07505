//! Every bound of the policy, in one place.

use std::time::Duration;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// How long, how often and how many. What a config can say comes first; what follows is the same
/// for all fleets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The longest time that something which cannot be pushed may go unnoticed
    /// (`watchdog.signal_interval`): a fatal screen must stand so long, and the remote of the
    /// hand-off is looked at so often.
    pub signal_interval: Duration,
    /// A program that ended with 0 did not fail: it is started again after so long
    /// (`watchdog.heavy_interval`), and at no cost.
    pub heavy_interval: Duration,
    /// The delay before the second restart that is not forgiven yet; it doubles from there. The
    /// first restart comes at once.
    pub restart_delay: Duration,
    /// The longest delay between a death and the restart.
    pub restart_delay_max: Duration,
    /// A unit that ran for so long has its earlier restarts forgiven.
    pub healthy_after: Duration,
    /// The time in which [`Policy::restarts_per_window`] counts.
    pub restart_window: Duration,
    /// More restarts than this within the window, and the unit has failed for good.
    pub restarts_per_window: u32,
    /// More restarts than this within a day, and the unit has failed for good.
    pub restarts_per_day: u32,
    /// Between two probes of a limit whose end is not known; doubles with each.
    pub limit_probe_fallback: Duration,
    /// Waited for after the end that a banner names.
    pub limit_reset_slack: Duration,
    /// Waited for after the time that a waiting agent names.
    pub stall_grace: Duration,
    /// An agent that says it waits for longer is held to this.
    pub waiting_max: Duration,
    /// How many units may be starting at a time; none: any number.
    pub max_starting: Option<usize>,
    /// Decide and tell, but do not act.
    pub dry_run: bool,
    /// Where clock times without a zone are meant.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,

    /// How long a start waits when tmux, not the unit, was at fault.
    pub tmux_retry: Duration,
    /// A start with a resume id that ends sooner than this had a bad id.
    pub resume_trial: Duration,
    /// A unit counts as starting until its screen shows something, at most so long.
    pub starting_max: Duration,
    /// Failures of several units within this time may be one incident.
    pub storm_window: Duration,
    /// Fewer failures than this are no incident, however small the fleet is.
    pub storm_least: usize,
    /// How long the first unit that is started in an incident must live before others follow.
    pub canary_time: Duration,
    /// The most time between the starts of the others.
    pub storm_stagger: Duration,
    /// The most time that the starts of all others take together.
    pub storm_spread: Duration,
    /// A bare clock time further ahead than this is no reset that can be trusted.
    pub bare_reset_max: Duration,
    /// A date further ahead than this is none either.
    pub dated_reset_max: Duration,
    /// The longest time between two probes.
    pub limit_probe_max: Duration,
    /// How long an agent may take to show that a probe has helped.
    pub probe_answer: Duration,
    /// How long a limit must not be shown before it counts as over, if the agent does not work.
    pub limit_settle: Duration,
    /// Agents that share an account go on within this time of each other.
    pub resume_spread: Duration,
    /// An agent that resumes by itself is not probed before so long after the reset.
    pub self_resume_grace: Duration,
    /// How many failed probes are told.
    pub probes_told: u32,
    /// How often a hold that lasts is told again.
    pub hold_told_every: Duration,
    /// How many texts may wait for one unit.
    pub letters_max: usize,
    /// How long a text that could not be typed waits before it is tried again.
    pub letter_retry: Duration,
    /// The longest such wait: each is twice as long as the one before.
    pub letter_retry_max: Duration,
    /// How often a text is tried that does not arrive.
    pub letter_tries: u32,
    /// A dialog must stand for so long before it is answered.
    pub answer_settle: Duration,
    /// How often the answer to one dialog is tried.
    pub answer_tries: u32,
    /// How often a dialog is answered that comes back each time, without work in between.
    pub answers_in_a_row: u32,
    /// A dialog that comes back within this time, without work in between, is the same one.
    pub answer_again: Duration,
    /// A program that tries again by itself for longer, without work in between, counts as silent.
    pub retrying_max: Duration,
    /// A marker with nothing after it counts once its file has been the same for so long.
    pub bare_done: Duration,
    /// How long a look at the remote may be put off when looks fail.
    pub fetch_delay_max: Duration,
    /// How often silence that lasts is written down, so that a restart of the watchdog does not
    /// lose it.
    pub keep_every: Duration,
    /// A watchdog that was away for longer does not know whether an agent was silent meanwhile.
    pub away_max: Duration,
    /// How far wall-clock deadlines are slept towards in one go: the clock may be set.
    pub wall_check: Duration,
    /// A rule that a test breaks on purpose.
    #[doc(hidden)]
    #[serde(skip)]
    pub mutant: Option<super::Mutant>,
}

/// A number of seconds.
const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            signal_interval: seconds(30),
            heavy_interval: seconds(300),
            restart_delay: seconds(2),
            restart_delay_max: seconds(300),
            healthy_after: seconds(600),
            restart_window: seconds(600),
            restarts_per_window: 5,
            restarts_per_day: 20,
            limit_probe_fallback: seconds(300),
            limit_reset_slack: seconds(45),
            stall_grace: seconds(180),
            waiting_max: seconds(24 * 3600),
            max_starting: None,
            dry_run: false,
            zone: TimeZone::UTC,
            tmux_retry: seconds(1),
            resume_trial: seconds(30),
            starting_max: seconds(10),
            storm_window: seconds(60),
            storm_least: 3,
            canary_time: seconds(5),
            storm_stagger: seconds(1),
            storm_spread: seconds(60),
            bare_reset_max: seconds(6 * 3600),
            dated_reset_max: seconds(8 * 24 * 3600),
            limit_probe_max: seconds(30 * 60),
            probe_answer: seconds(30),
            limit_settle: seconds(10),
            resume_spread: seconds(90),
            self_resume_grace: seconds(600),
            probes_told: 3,
            hold_told_every: seconds(24 * 3600),
            letters_max: 10,
            letter_retry: seconds(10),
            letter_retry_max: seconds(300),
            letter_tries: 3,
            answer_settle: seconds(1),
            answer_tries: 3,
            answers_in_a_row: 12,
            answer_again: seconds(10),
            retrying_max: seconds(600),
            bare_done: seconds(10),
            fetch_delay_max: seconds(300),
            keep_every: seconds(60),
            away_max: seconds(120),
            wall_check: seconds(60),
            mutant: None,
        }
    }
}
