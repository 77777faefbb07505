//! The zone of this machine, in a form that can be written down.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// More than any zone's file is.
const FILE_MAX: u64 = 1 << 20;

/// The zone that clock times without one are meant in. Where the system has only a file without a
/// name (`/etc/localtime` that is a copy, as in many containers), the rule at that file's end is
/// taken: it holds for today and from now on, and unlike the file it can be written down. It is RFC
/// 9636's footer.
#[must_use]
pub fn local() -> TimeZone {
    let zone = TimeZone::system();
    if can_be_written(&zone) {
        return zone;
    }
    let by_rule = rule_of(&system_file());
    by_rule.unwrap_or_else(|| TimeZone::fixed(zone.to_offset(Timestamp::now())))
}

/// The file that the system's zone comes from: what `TZ` names, else that of the machine.
fn system_file() -> PathBuf {
    let named = std::env::var_os("TZ").map(OsStringExt::into_vec);
    let named = named.map(|name| match name.strip_prefix(b":") {
        Some(rest) => rest.to_vec(),
        None => name,
    });
    let path = named.map(|name| PathBuf::from(OsString::from_vec(name)));
    let path = path.filter(|path| path.is_absolute());
    path.unwrap_or_else(|| PathBuf::from("/etc/localtime"))
}

/// The rule at the end of a zone's file, if it has one.
fn rule_of(path: &Path) -> Option<TimeZone> {
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(FILE_MAX).read_to_end(&mut bytes).ok()?;
    let text = bytes.strip_suffix(b"\n")?;
    let start = text.iter().rposition(|byte| *byte == b'\n')? + 1;
    let rule = std::str::from_utf8(&text[start..]).ok()?;
    TimeZone::posix(rule).ok()
}

fn can_be_written(zone: &TimeZone) -> bool {
    #[derive(Serialize)]
    struct Written<'z>(#[serde(with = "jiff::fmt::serde::tz::required")] &'z TimeZone);
    serde_json::to_string(&Written(zone)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_without_a_name_is_known_by_the_rule_at_the_end_of_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("localtime");
        std::fs::write(&path, b"TZif2\0\0\x01CET\0\nCET-1CEST,M3.5.0,M10.5.0/3\n").unwrap();
        let zone = rule_of(&path).unwrap();
        assert!(can_be_written(&zone));
        let offset = |time: &str| zone.to_offset(time.parse::<Timestamp>().unwrap()).seconds();
        assert_eq!(offset("2026-07-01T12:00:00Z"), 7200);
        assert_eq!(offset("2026-12-01T12:00:00Z"), 3600);
    }

    #[test]
    fn what_is_no_zones_file_has_no_rule() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("localtime");
        assert!(rule_of(&path).is_none());
        for bytes in [
            &b""[..],
            b"\n",
            b"TZif2",
            b"x\n\n",
            b"x\n\xff\n",
            b"x\nno rule!\n",
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert!(rule_of(&path).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn the_zone_of_this_machine_can_be_written_down() {
        assert!(can_be_written(&local()));
    }
}
