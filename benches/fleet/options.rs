//! The command line of the bench.

use std::time::Duration;

/// What `--help` would say.
pub(crate) const HINT: &str = "the options are --only PART,… (of basics, repaints, banner, flood,
    presets), \
    --agents N, --deaths N, --idle SECONDS, --rounds N, --sizes N,…, --window SECONDS and --turns N";

/// A part of the bench that can be run alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `up`, `status`, idle, deaths, `down`.
    Basics,
    /// Agents that repaint, in fleets of several sizes.
    Repaints,
    /// From a banner to its event.
    Banner,
    /// The same while one agent floods.
    Flood,
    /// What the signs of presets cost.
    Presets,
}

impl Part {
    const ALL: [(&'static str, Self); 5] = [
        ("basics", Self::Basics),
        ("repaints", Self::Repaints),
        ("banner", Self::Banner),
        ("flood", Self::Flood),
        ("presets", Self::Presets),
    ];
}

/// What to measure.
pub(crate) struct Options {
    parts: Vec<Part>,
    /// How many agents there are in all parts but [`Part::Repaints`].
    pub(crate) agents: usize,
    /// How many deaths are measured.
    pub(crate) deaths: usize,
    /// How long nothing happens.
    pub(crate) idle: Duration,
    /// How often `up` and `down` are measured.
    pub(crate) rounds: usize,
    /// How many agents repaint.
    pub(crate) sizes: Vec<usize>,
    /// How long a load is measured.
    pub(crate) window: Duration,
    /// How often ao and the bare reader take turns at watching.
    pub(crate) turns: usize,
}

impl Options {
    /// Reads the arguments; the error is a sentence.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            parts: Part::ALL.map(|(_, part)| part).to_vec(),
            agents: 200,
            deaths: 100,
            idle: Duration::from_secs(60),
            rounds: 5,
            sizes: vec![10, 50, 200, 500],
            window: Duration::from_secs(20),
            turns: 2,
        };
        while let Some(argument) = arguments.next() {
            // Cargo adds this one.
            if argument == "--bench" {
                continue;
            }
            let value = arguments
                .next()
                .ok_or_else(|| format!("{argument} is unknown or lacks its value"))?;
            let seconds = || Ok::<_, String>(Duration::from_secs(number(&value)?.max(1) as u64));
            match argument.as_str() {
                "--only" => options.parts = list(&value, part)?,
                "--agents" => options.agents = number(&value)?.max(1),
                "--deaths" => options.deaths = number(&value)?,
                "--idle" => options.idle = seconds()?,
                "--rounds" => options.rounds = number(&value)?.max(1),
                "--sizes" => options.sizes = list(&value, number)?,
                "--window" => options.window = seconds()?,
                "--turns" => options.turns = number(&value)?.max(1),
                _ => return Err(format!("unknown option {argument}")),
            }
        }
        Ok(options)
    }

    /// Whether `part` is wanted.
    pub(crate) fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// The sizes of all fleets that work, from small to large.
    pub(crate) fn fleets(&self) -> Vec<usize> {
        let mut sizes = self.sizes.clone();
        sizes.push(self.agents);
        sizes.sort_unstable();
        sizes.dedup();
        sizes.retain(|&agents| agents > 0);
        sizes
    }
}

fn list<T>(value: &str, item: fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    value.split(',').map(item).collect()
}

fn number(value: &str) -> Result<usize, String> {
    value.parse().map_err(|error| format!("{value}: {error}"))
}

fn part(name: &str) -> Result<Part, String> {
    let named = Part::ALL.iter().find(|(known, _)| *known == name);
    named
        .map(|(_, part)| *part)
        .ok_or_else(|| format!("there is no part {name}"))
}
