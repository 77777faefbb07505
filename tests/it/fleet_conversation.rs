//! Which conversation a restart takes up.

use crate::fleet_rig::{Fleet, is_running, kill, wait_until};

/// A program that takes ids of conversations, and knows those that it was given. It writes down
/// how it was started.
const PROGRAM: &str = r#"
echo "$1 $2" >> starts
case $1 in
--session-id) : > "known-$2" ;;
--resume) [ -e "known-$2" ] || { echo "No conversation found with session ID: $2"; exit 1; } ;;
esac
exec sleep 1000
"#;

const CONFIG: &str = r#"
[backend.talker]
bin = "sh program"
supports_resume = true
session_id_flag = "--session-id '{id}'"

[[agent]]
name = "a"
backend = "talker"
resume = true
prompt = "go on"
"#;

fn talker() -> Fleet {
    let fleet = Fleet::new(CONFIG);
    fleet.write("program", PROGRAM);
    fleet.ok(&["up"]);
    fleet.wait_for_unit("a", "it runs", is_running);
    fleet
}

/// The starts so far, once there are so many: the flag and the id of each.
fn starts(fleet: &Fleet, count: usize) -> Vec<(String, String)> {
    wait_until("the start is written down", || {
        fleet.read("starts").lines().count() >= count
    });
    let starts = fleet.read("starts");
    let starts = starts.lines().filter_map(|line| line.split_once(' '));
    starts
        .map(|(flag, id)| (flag.to_owned(), id.to_owned()))
        .collect()
}

#[test]
fn a_restarted_agent_goes_on_with_the_conversation_that_its_first_start_began() {
    let fleet = talker();
    let first = starts(&fleet, 1).remove(0);
    assert_eq!(first.0, "--session-id");
    assert_eq!(fleet.read("logs/state/a.id").trim(), first.1);
    let resumed = ("--resume".to_owned(), first.1);
    let old = fleet.pid("a");
    kill(old);
    let second = fleet.wait_for_other_pid("a", old);
    assert_eq!(starts(&fleet, 2)[1], resumed);
    fleet.ok(&["restart", "a"]);
    fleet.wait_for_other_pid("a", second);
    assert_eq!(starts(&fleet, 3)[2], resumed);
}

#[test]
fn a_conversation_that_is_gone_is_set_aside_and_a_fresh_one_begins() {
    let fleet = talker();
    let first = starts(&fleet, 1).remove(0).1;
    std::fs::remove_file(fleet.path(&format!("known-{first}"))).expect("it was known");
    let old = fleet.pid("a");
    kill(old);
    let all = starts(&fleet, 3);
    assert_eq!(all[1], ("--resume".to_owned(), first.clone()));
    assert_eq!(all[2].0, "--session-id");
    assert_ne!(all[2].1, first);
    fleet.wait_for_unit("a", "it runs", is_running);
    assert_eq!(fleet.read("logs/state/a.id").trim(), all[2].1);
    assert_eq!(fleet.read("logs/state/a.id.failed").trim(), first);
    assert_eq!(starts(&fleet, 3).len(), 3, "it is tried once");
}
