//! What a config that does not parse still tells: where its fleet is.

use std::path::Path;

use super::fleet::Fleet;
use super::overrides::Overrides;
use super::paths::Host;
use super::resolve::resolve;
use super::source::Source;

/// The fleet of a config as far as its `[defaults]` table alone tells: no agents, no services, but
/// the prefix and the directories. So a watchdog that goes by the last good version can be found
/// while the file is half-edited. None where that table is missing or broken too.
pub fn load_defaults(path: &Path) -> Option<Fleet> {
    let (source, _) = Source::read(path).ok()?;
    let defaults = defaults_of(&source.text)?;
    let source = Source::new(&source.shown, source.real, defaults);
    resolve(&source, &Overrides::default(), &Host::current()).fleet
}

/// The lines of the `[defaults]` table: up to the next one that begins as a table does.
fn defaults_of(text: &str) -> Option<String> {
    let is_defaults = |line: &&str| {
        let name = line.split('#').next().unwrap_or_default();
        let name = name
            .trim()
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        name.map(str::trim) == Some("defaults")
    };
    let mut lines = text.lines().skip_while(|line| !is_defaults(line));
    let head = lines.next()?;
    let body = lines.take_while(|line| !line.trim_start().starts_with('['));
    Some(
        std::iter::once(head)
            .chain(body)
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_broken_elsewhere_still_tells_where_its_fleet_is() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("agents.toml");
        let head =
            " [ defaults ] # mine\nsession_prefix = \"t-\"\nlog_dir = \"logs\"\nbackend = \"x\"\n";
        for (before, after) in [
            ("", "[[agent]\nname = \"a\"\n"),
            ("[tmux\nx\n", "[[agent]]\n"),
            ("", "[backend.x]\nbin = \"unfinished"),
            ("", ""),
        ] {
            std::fs::write(&path, format!("{before}{head}{after}")).expect("written");
            let fleet = load_defaults(&path).expect("a fleet");
            assert_eq!(fleet.session_prefix, "t-");
            assert!(fleet.log_dir.ends_with("logs"), "{:?}", fleet.log_dir);
            assert!(fleet.agents.is_empty() && fleet.broken.is_empty());
        }
    }

    #[test]
    fn without_a_whole_defaults_table_there_is_nothing_to_tell() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("agents.toml");
        for text in [
            "",
            "[defaults",
            "[defaults]\nlog_dir = \"x\"",
            "[default]\nlog_dir = \"x\"",
            "[defaults]\nlog_dir = \"x",
        ] {
            std::fs::write(&path, text).expect("written");
            assert!(load_defaults(&path).is_none(), "{text}");
        }
        assert!(load_defaults(&dir.path().join("missing")).is_none());
    }
}
