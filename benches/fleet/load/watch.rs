//! Who watches a fleet at work: ao, or the bare reader.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use super::agent::{AFTER_REPAINT, BEFORE_BANNER, DIGITS};
use super::reader::{self, Reader};
use crate::ao::{Fleet, PLAIN};
use crate::bare::Driver;
use crate::events::{Follower, Noticed};
use crate::process;

/// One who watches, from `up` on; the fleet ends with it.
pub(super) trait Watch {
    /// The processes that watch.
    fn processes(&self) -> Vec<i32>;

    /// The tmux server's process.
    fn server(&self) -> io::Result<i32>;

    /// How many repaints reached it so far.
    fn repaints(&mut self) -> u64;

    /// When it noticed each banner, by id, in nanoseconds since 1970.
    fn banners(&self) -> HashMap<u64, u64>;

    /// On how many of its agents' screens the last repaint stands; `last` has each one's number.
    /// None if it keeps no screens.
    fn screens(&self, last: &[u64]) -> Option<u64>;
}

/// The watchdog.
pub(super) struct Ao {
    fleet: Fleet,
    noticed: Noticed,
    /// In the log of each agent. A log may be rotated away, so this never falls.
    repaints: Vec<u64>,
}

impl Ao {
    /// Brings a fleet up in `dir`; `preset` is the text of one that its backend names.
    pub(super) fn new(
        dir: &Path,
        agents: usize,
        backend: &str,
        preset: Option<&str>,
    ) -> io::Result<Self> {
        let fleet = Fleet::new(dir, agents, backend, PLAIN)?;
        if let Some(text) = preset {
            fs::create_dir(dir.join("presets"))?;
            fs::write(dir.join("presets/all.toml"), text)?;
        }
        fleet.ao(&["up"])?;
        Ok(Self {
            noticed: Follower::new(&fleet)?.keep_banners(banner),
            fleet,
            repaints: vec![0; agents],
        })
    }
}

impl Watch for Ao {
    fn processes(&self) -> Vec<i32> {
        self.fleet
            .watchdog()
            .map(process::family)
            .unwrap_or_default()
    }

    fn server(&self) -> io::Result<i32> {
        self.fleet.server.pid()
    }

    fn repaints(&mut self) -> u64 {
        for (agent, before) in self.repaints.iter_mut().enumerate() {
            // ao writes a pane's bytes into its log as they came.
            let log = fs::read(self.fleet.log(&agent.to_string())).unwrap_or_default();
            *before = (*before).max(reader::repaints(&log).count() as u64);
        }
        self.repaints.iter().sum()
    }

    fn banners(&self) -> HashMap<u64, u64> {
        self.noticed.times().clone()
    }

    fn screens(&self, last: &[u64]) -> Option<u64> {
        let mut good = 0;
        for (agent, number) in last.iter().enumerate() {
            let screen = self.fleet.ao(&["screen", &agent.to_string(), "--json"]);
            let screen: Value = serde_json::from_slice(&screen.ok()?).ok()?;
            let text = String::from_utf8_lossy(AFTER_REPAINT);
            let text = format!("{number:0DIGITS$}{text}");
            let mut lines = screen["lines"].as_array()?.iter();
            let shows = |line: &Value| line.as_str().is_some_and(|line| line.contains(&text));
            good += u64::from(lines.any(shows));
        }
        Some(good)
    }
}

/// The id of the banner on a row.
fn banner(row: &str) -> Option<u64> {
    row.split_once(BEFORE_BANNER)?.1.get(..DIGITS)?.parse().ok()
}

/// The bare reader, on the server of the bare driver.
pub(super) struct Bare<'a> {
    driver: &'a Driver<'a>,
    /// None once it has ended.
    reader: Option<Reader>,
    client: i32,
}

impl<'a> Bare<'a> {
    /// Brings the recorded fleet up.
    pub(super) fn new(driver: &'a Driver<'a>) -> io::Result<Self> {
        let reader = Reader::start(driver.up()?.0);
        Ok(Self {
            driver,
            client: reader.client(),
            reader: Some(reader),
        })
    }
}

impl Watch for Bare<'_> {
    fn processes(&self) -> Vec<i32> {
        // The bench itself does nothing else meanwhile.
        let own = i32::try_from(std::process::id()).unwrap_or_default();
        vec![own, self.client]
    }

    fn server(&self) -> io::Result<i32> {
        self.driver.server.pid()
    }

    fn repaints(&mut self) -> u64 {
        self.reader.as_ref().map_or(0, |it| it.seen().repaints())
    }

    fn banners(&self) -> HashMap<u64, u64> {
        let seen = self.reader.as_ref().map(|it| it.seen().banners().clone());
        seen.unwrap_or_default()
    }

    fn screens(&self, _: &[u64]) -> Option<u64> {
        None
    }
}

impl Drop for Bare<'_> {
    fn drop(&mut self) {
        self.driver.server.end(self.driver.server.pid().ok());
        if let Some(Err(error)) = self.reader.take().map(Reader::join) {
            eprintln!("warning: the bare reader: {error}");
        }
    }
}
