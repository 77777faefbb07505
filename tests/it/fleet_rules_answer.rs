//! Dialogs that the config has answers for, on real terminals: a menu that is moved in with the arrow
//! keys, and a question that takes a letter.

use serde_json::Value;

use crate::fleet_rig::{Events, Fleet, wait_until};

/// A menu of the lines of `NAME.menu`, its first line marked; what is chosen goes to `NAME.chosen`.
/// Its bytes are read one by one, as full-screen programs do.
const MENU: &str = r#"
old=$(stty -g)
stty raw -echo
pick=1
count=$(grep -c '' "$AO_AGENT.menu")
draw() {
    printf '\033[2J\033[H❯ an older prompt\r\n\r\nDo you trust this folder?\r\n'
    n=0
    while IFS= read -r label; do
        n=$((n + 1))
        mark=' '
        [ $n -ne $pick ] || mark='❯'
        printf '%s %d. %s\r\n' "$mark" $n "$label"
    done <"$AO_AGENT.menu"
    printf '\r\nEnter to confirm\r\n'
}
cr=$(printf '\r')
draw
while key=$(dd bs=1 count=1 2>/dev/null); do
    printf '%s' "$key" >>"$AO_AGENT.keys"
    case $key in
    A) [ $pick -le 1 ] || pick=$((pick - 1)) ;;
    B) [ $pick -ge $count ] || pick=$((pick + 1)) ;;
    "$cr") break ;;
    *) continue ;;
    esac
    draw
done
sed -n "${pick}p" "$AO_AGENT.menu" >>"$AO_AGENT.chosen"
stty "$old"
printf '\033[2J\033[H* Baking (esc to interrupt)'
exec sleep 1000
"#;

/// A question on a line.
const QUESTION: &str = r#"
printf 'Some file is not in the chat.\nAdd it? (Y)es/(N)o/(D)on'"'"'t ask again [Yes]: '
IFS= read -r line
printf '%s\n' "$line" >>"$AO_AGENT.chosen"
printf '\033[2J\033[H* Baking (esc to interrupt)'
exec sleep 1000
"#;

const PRESET: &str = r#"
name = "menu"
about = "programs of these tests"

[dialogs.trust]
yes = ["Yes, I trust it", "Yes, proceed"]
no = ["No, exit"]
choose = "arrows"
marker = '^\s*❯'

[dialogs.add]
yes = ["(Y)es"]
no = ["(N)o"]
choose = "letter"

[[sign]]
name = "trust"
state = "needs-input"
dialog = "trust"
line = '^Do you trust this folder'
evidence = "made up"

[[sign]]
name = "add"
state = "needs-input"
dialog = "add"
line = '\(Y\)es/\(N\)o.*\[Yes\]:'
last = 1
evidence = "made up"

[[sign]]
name = "busy"
state = "working"
line = 'esc to interrupt'
evidence = "made up"
"#;

const CONFIG: &str = r#"
[tmux]
socket_path = "tmux.sock"
config_file = "tmux.conf"

[defaults]
session_prefix = "t-"
log_dir = "logs"
backend = "menu"
watch = "heal"

[watchdog]
signal_interval = 1
heavy_interval = 2

[backend.menu]
preset = "menu"
prompt_delivery = "exec"
bin = "exec sh menu.sh"

[backend.question]
preset = "menu"
prompt_delivery = "exec"
bin = "exec sh question.sh"
"#;

fn up(agents: &str, menus: &[(&str, &[&str])]) -> (Fleet, Events) {
    let fleet = Fleet::empty();
    fleet.write("presets/menu.toml", PRESET);
    fleet.write("menu.sh", MENU);
    fleet.write("question.sh", QUESTION);
    fleet.write("agents.toml", &format!("{CONFIG}{agents}"));
    for (name, rows) in menus {
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        fleet.write(&format!("{name}.menu"), &text);
    }
    fleet.ok(&["up"]);
    let events = fleet.follow();
    (fleet, events)
}

fn agent(name: &str, keys: &str) -> String {
    format!("[[agent]]\nname = \"{name}\"\n{keys}\n")
}

/// What became of the answer to this agent's dialog.
fn outcome(events: &Events, name: &str) -> Value {
    events.wait_for(&format!("an answer of {name}"), |event| {
        event["kind"] == "answer" && event["agent"] == name && event["outcome"] != "typing"
    })
}

#[test]
fn an_option_is_chosen_by_its_label_wherever_it_stands() {
    let trusts = "answer = { trust = \"yes\" }";
    let menus: [(&str, &[&str]); 3] = [
        ("first", &["Yes, proceed", "No, exit"]),
        ("last", &["No, exit", "Yes, but ask again", "Yes, proceed"]),
        ("mid", &["No, exit", "Yes, I trust it", "Something else"]),
    ];
    let agents: String = menus.iter().map(|(name, _)| agent(name, trusts)).collect();
    let (fleet, _events) = up(&agents, &menus);
    for (name, chosen) in [
        ("first", "Yes, proceed\n"),
        ("last", "Yes, proceed\n"),
        ("mid", "Yes, I trust it\n"),
    ] {
        let file = format!("{name}.chosen");
        wait_until("an option is chosen", || fleet.read(&file) == chosen);
        wait_until("that is told", || {
            let told = fleet.events_of("answer", name);
            told.iter()
                .any(|event| event["outcome"] == "landed" && event["option"] == chosen.trim_end())
        });
        wait_until("it works", || fleet.unit(name)["state"] == "working");
    }
}

#[test]
fn without_a_word_in_the_config_nothing_is_pressed() {
    let menu: &[&str] = &["Yes, proceed", "No, exit"];
    let agents = agent("asked", "") + &agent("other", "answer = { trust = \"no\" }");
    let (fleet, events) = up(&agents, &[("asked", menu), ("other", menu)]);
    assert_eq!(outcome(&events, "other")["option"], "No, exit");
    wait_until("it asks", || fleet.unit("asked")["state"] == "needs-input");
    assert_eq!(fleet.read("asked.keys"), "");
    assert_eq!(fleet.events_of("answer", "asked"), [] as [Value; 0]);
}

#[test]
fn where_the_label_is_not_clear_nothing_is_chosen() {
    let trusts = "answer = { trust = \"yes\" }";
    let menus: [(&str, &[&str]); 2] = [
        ("none", &["Yes, and delete all", "No, exit"]),
        ("two", &["No, exit", "Yes, proceed", "Yes, proceed"]),
    ];
    let agents: String = menus.iter().map(|(name, _)| agent(name, trusts)).collect();
    let (fleet, _events) = up(&agents, &menus);
    for (name, why) in [("none", "no option"), ("two", "more than one")] {
        wait_until("that is told", || {
            let told = fleet.events_of("answer", name);
            told.iter().any(|event| {
                let reason = event["reason"].as_str().unwrap_or_default();
                event["outcome"] == "failed" && reason.contains(why)
            })
        });
        assert_eq!(fleet.read(&format!("{name}.chosen")), "");
        assert_eq!(fleet.read(&format!("{name}.keys")), "");
    }
}

#[test]
fn a_question_takes_the_letter_of_the_label() {
    let keys = "backend = \"question\"\nanswer = { add = \"no\" }";
    let (fleet, events) = up(&agent("a", keys), &[]);
    let told = outcome(&events, "a");
    assert_eq!(
        (&told["outcome"], &told["option"]),
        (&"landed".into(), &"(N)o".into()),
        "{told}"
    );
    assert_eq!(fleet.read("a.chosen"), "n\n");
}
