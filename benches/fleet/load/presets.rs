//! What it costs to look for the signs of all presets on every screen, against looking for nothing.

use std::fs;
use std::io;
use std::path::Path;

use super::orders::{Command, Task};
use super::phase::{Load, Phase};
use super::watch::Ao;
use super::{all, plain_backend};
use crate::options::Options;
use crate::table::{Table, Wanted, ratio, ratio_cell, time_cell};

/// The files of the built-in presets.
const PRESETS: [(&str, &str); 6] = [
    (
        "aider",
        include_str!("../../../src/preset/presets/aider.toml"),
    ),
    (
        "claude",
        include_str!("../../../src/preset/presets/claude.toml"),
    ),
    (
        "codex",
        include_str!("../../../src/preset/presets/codex.toml"),
    ),
    (
        "gemini",
        include_str!("../../../src/preset/presets/gemini.toml"),
    ),
    (
        "opencode",
        include_str!("../../../src/preset/presets/opencode.toml"),
    ),
    (
        "shell",
        include_str!("../../../src/preset/presets/shell.toml"),
    ),
];

/// Whose input box and turns the joined preset has: that of the program that was recorded.
const RECORDED: &str = "claude";

/// What was measured.
pub(crate) struct Signs {
    agents: usize,
    signs: usize,
    none: Load,
    claude: Load,
    all: Load,
}

/// Three fleets that repaint, in turns: one without a pattern, one with the preset of the program that
/// was recorded, and one with the signs of all presets in one.
pub(super) fn measure(dir: &Path, options: &Options) -> io::Result<Signs> {
    let agents = options.agents;
    let mut command = Command::new(&dir.join("office"), agents)?;
    let plain = plain_backend(&std::env::current_exe()?, &dir.join("office"));
    let (preset, signs) = joined()?;
    let mut measured = Signs {
        agents,
        signs,
        none: Load::default(),
        claude: Load::default(),
        all: Load::default(),
    };
    let phase = Phase {
        task: Task::Repaint,
        active: agents,
    };
    for turn in 0..options.turns {
        let ways = [
            ("none", "", &mut measured.none),
            ("claude", "preset = \"claude\"\n", &mut measured.claude),
            ("all", "preset = \"all\"\n", &mut measured.all),
        ];
        for (name, line, load) in ways {
            eprintln!("{agents} agents at work, signs: {name}, turn {turn}");
            let backend = format!("{plain}{line}");
            let dir = dir.join(format!("{name}-{turn}"));
            let mut ao = Ao::new(&dir, agents, &backend, Some(&preset))?;
            for one in all(&[phase], &mut ao, &mut command, options.window)? {
                load.add(one);
            }
            drop(ao);
            command.await_fleet()?;
        }
    }
    let _ = fs::remove_dir_all(dir);
    Ok(measured)
}

/// A preset with the signs of all, and how many those are.
fn joined() -> io::Result<(String, usize)> {
    let mut whole = toml::Table::new();
    let mut signs = Vec::new();
    for (name, text) in PRESETS {
        let preset: toml::Table = text.parse().map_err(io::Error::other)?;
        if name == RECORDED {
            whole.clone_from(&preset);
        }
        let own = preset.get("sign").and_then(toml::Value::as_array);
        for sign in own.into_iter().flatten() {
            let mut sign = sign.clone();
            if let Some(table) = sign.as_table_mut() {
                let known = table.get("name").and_then(toml::Value::as_str);
                let full = format!("{name}-{}", known.unwrap_or_default());
                table.insert("name".to_owned(), full.into());
                // The dialogs of the others are not here.
                table.remove("dialog");
            }
            signs.push(sign);
        }
    }
    let count = signs.len();
    whole.insert("name".to_owned(), "all".into());
    whole.insert("sign".to_owned(), signs.into());
    let text = toml::to_string(&whole).map_err(io::Error::other)?;
    Ok((text, count))
}

/// The figures as a table.
pub(crate) fn table(measured: &Signs) -> String {
    let Signs {
        agents,
        signs,
        none,
        claude,
        all,
    } = measured;
    let mut table = Table::new([
        &format!("{agents} agents, 10 repaints a second each"),
        "no patterns",
        "preset claude",
        &format!("all {signs} signs"),
        "all / none",
        "wanted",
        "",
    ]);
    let minute = |load: &Load| load.a_minute(load.cpu);
    let times = ratio(minute(all), minute(none));
    let [wanted, mark] = Wanted::at_most(times, 1.25, "1.25 x").cells();
    table.row([
        "watcher's CPU a minute".to_owned(),
        time_cell(minute(none)),
        time_cell(minute(claude)),
        time_cell(minute(all)),
        ratio_cell(times),
        wanted,
        mark,
    ]);
    table.into_text()
}
