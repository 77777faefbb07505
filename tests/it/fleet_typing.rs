//! What is typed into programs, and what keeps it from being typed: on real programs, each of them
//! told to read its prompt.

use std::process::Child;
use std::time::{Duration, Instant};

use crate::fleet_rig::{Fleet, wait_for_text, wait_until};

/// Asks for lines with a line editor, and notes each in the file `heard`.
const EDITOR: &str = r#"
while IFS= read -e -r -p 'ready> ' line; do printf '%s\n' "$line" >>heard; done
"#;

/// Reads keys one by one, shows them, and notes each line in `heard`. The first Enter is lost.
const SWALLOWS: &str = r#"
stty -icanon -echo
printf 'ready> '
line= enters=0
while IFS= read -r -d '' -n 1 key; do
    if [ "$key" != $'\n' ]; then line+=$key; printf %s "$key"; continue; fi
    enters=$((enters + 1))
    if [ $enters -gt 1 ]; then
        printf '%s\n' "$line" >>heard
        line=
        printf '\033[2J\033[Hready> '
    fi
done
"#;

/// A frame with a prompt in it, no cursor, and keys that show there; Enter empties it.
const FRAMED: &str = r#"
stty -icanon -echo
paint() {
    printf '\033[?25l\033[2J\033[H────────────────────\r\n> %s\r\n────────────────────\r\n  hints' "$line"
}
line=$(cat draft 2>/dev/null)
paint
while IFS= read -r -d '' -n 1 key; do
    case $key in
    $'\n') printf '%s\n' "$line" >>heard; line= ;;
    *) line+=$key ;;
    esac
    paint
done
"#;

/// A fleet of one program, a script for bash, that is told to read its prompt.
fn fleet(script: &str, keys: &str) -> Fleet {
    let fleet = Fleet::new(&format!(
        "[backend.tui]\nprompt_delivery = \"ping\"\nbin = \"exec bash tui.sh\"\n\
         connect_delay = 10\n{keys}\n\
         [[agent]]\nname = \"tui\"\nbackend = \"tui\"\nprompt = \"Count the stars.\"\n"
    ));
    fleet.write("tui.sh", script);
    fleet
}

/// A program that does nothing, and shows nothing of what is typed, until the file `go` is there.
fn later(script: &str) -> String {
    format!("stty -echo\n: >waits\nwhile [ ! -e go ]; do sleep 0.05; done\nstty echo\n{script}")
}

fn lines(fleet: &Fleet) -> Vec<String> {
    fleet.read("heard").lines().map(str::to_owned).collect()
}

/// `ao up` of a program that does nothing yet; it goes on by itself.
fn up(fleet: &Fleet) -> Child {
    let up = fleet.ao_command(&["up"]).spawn().expect("ao up");
    wait_until("the program waits", || fleet.path("waits").exists());
    up
}

/// Waits until something is told that says this.
fn wait_until_told(fleet: &Fleet, what: &str) -> String {
    let events = fleet.follow();
    let told = events.wait_for(what, |event| {
        event["kind"] == "told" && event["text"].to_string().contains(what)
    });
    told["text"].to_string()
}

#[test]
fn a_line_editor_gets_its_text_once_and_nothing_else() {
    let fleet = fleet(EDITOR, "");
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("heard"), "\n");
    assert_eq!(lines(&fleet).len(), 1, "{:?}", lines(&fleet));
    assert!(lines(&fleet)[0].contains("kickoff-t-tui.txt"));
}

#[test]
fn a_program_that_loses_the_first_enter_gets_another() {
    let fleet = fleet(SWALLOWS, "");
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("heard"), "\n");
    assert_eq!(lines(&fleet).len(), 1, "{:?}", lines(&fleet));
}

#[test]
fn a_program_that_shows_nothing_of_its_input_gets_one_enter_and_that_is_told() {
    let fleet = fleet("stty raw -echo\nprintf ready\nexec cat >heard\n", "");
    fleet.ok(&["up"]);
    wait_until_told(&fleet, "shows nothing");
    let heard = fleet.read("heard");
    assert!(heard.ends_with('\r'), "{heard:?}");
    assert_eq!(heard.matches(['\r', '\n']).count(), 1, "{heard:?}");
}

#[test]
fn a_program_that_goes_on_showing_its_input_gets_one_enter_and_that_is_told() {
    let script = "stty -icanon -echo\nprintf '\\033[?25lready> '\n\
                  while IFS= read -r -d '' -n 1 key; do printf %s \"$key\" >>heard\n\
                  [ \"$key\" = $'\\n' ] || printf %s \"$key\"; done\n";
    let fleet = fleet(script, "");
    fleet.ok(&["up"]);
    wait_until_told(&fleet, "goes on showing it");
    assert_eq!(lines(&fleet).len(), 1, "{:?}", lines(&fleet));
}

#[test]
fn a_text_that_cannot_be_submitted_is_told_and_not_sent_for_ever() {
    let script = "stty -icanon -echo\nprintf 'ready> '\n\
                  while IFS= read -r -d '' -n 1 key; do\n\
                  if [ \"$key\" = $'\\n' ]; then echo enter >>heard; else printf %s \"$key\"; fi\n\
                  done\n";
    let fleet = fleet(script, "");
    fleet.ao(&["up"]);
    wait_until_told(&fleet, "unsubmitted after 3 times");
    assert_eq!(lines(&fleet), ["enter"; 3]);
}

#[test]
fn a_text_that_was_left_in_the_input_is_submitted_the_next_time_and_not_typed_twice() {
    let fleet = Fleet::new(
        "[backend.tui]\nprompt_delivery = \"exec\"\nbin = \"exec bash tui.sh\"\nconnect_delay = 2\n\
         [[agent]]\nname = \"tui\"\nbackend = \"tui\"\n\
         wake = { prompt_file = \"wake.md\", interval = 1 }\n",
    );
    fleet.write("wake.md", "Look after\nthe others.\n");
    fleet.write("tui.sh", &SWALLOWS.replace("-gt 1", "-gt 3"));
    fleet.ok(&["up"]);
    wait_for_text(&fleet.path("heard"), "\n");
    assert_eq!(lines(&fleet)[0], "Look after the others.");
}

#[test]
fn nothing_is_typed_while_somebody_looks_at_the_history() {
    let fleet = fleet(&later(EDITOR), "");
    let mut up = up(&fleet);
    fleet.tmux(&["copy-mode", "-t", "=t-tui:"]);
    fleet.write("go", "");
    wait_until_told(&fleet, "history");
    assert_eq!(lines(&fleet), [""; 0]);
    fleet.tmux(&["send-keys", "-t", "=t-tui:", "-X", "cancel"]);
    wait_for_text(&fleet.path("heard"), "kickoff-t-tui.txt");
    assert_eq!(lines(&fleet).len(), 1);
    up.wait().expect("the end of ao up");
}

#[test]
fn nothing_is_typed_while_somebody_presses_keys() {
    let fleet = fleet(&later(EDITOR), "");
    let mut up = up(&fleet);
    let socket = fleet.path("tmux.sock").display().to_string();
    let attach = format!("env -u TMUX tmux -S '{socket}' attach-session -t =t-tui:");
    fleet.tmux(&["new-session", "-d", "-s", "person", &attach]);
    wait_until("somebody is there", || {
        let clients = fleet.tmux(&["list-clients", "-F", "#{session_name}", "-t", "=t-tui"]);
        clients.lines().any(|session| session == "t-tui")
    });
    fleet.write("go", "");
    let mut pressed: Option<Instant> = None;
    wait_until("it waits", || {
        if pressed.is_none_or(|at| at.elapsed() > Duration::from_secs(2)) {
            // A blank, which is no draft.
            fleet.tmux(&["send-keys", "-t", "=person:", "Space"]);
            pressed = Some(Instant::now());
        }
        let events = fleet.ao(&["events", "--json"]).out;
        events.contains("somebody is typing")
    });
    wait_for_text(&fleet.path("heard"), "kickoff-t-tui.txt");
    assert_eq!(lines(&fleet).len(), 1);
    up.wait().expect("the end of ao up");
}

#[test]
fn a_half_typed_text_is_left_alone_and_the_prompt_comes_after_it() {
    let fleet = fleet(&later(EDITOR), "");
    let mut up = up(&fleet);
    fleet.tmux(&["send-keys", "-t", "=t-tui:", "-l", "half a thought"]);
    fleet.write("go", "");
    let told = wait_until_told(&fleet, "stands in its input");
    assert!(told.contains("half a thought"), "{told}");
    fleet.tmux(&["send-keys", "-t", "=t-tui:", "Enter"]);
    wait_for_text(&fleet.path("heard"), "kickoff-t-tui.txt");
    let lines = lines(&fleet);
    assert_eq!(
        (lines.len(), lines[0].as_str()),
        (2, "half a thought"),
        "{lines:?}"
    );
    up.wait().expect("the end of ao up");
}

#[test]
fn a_draft_in_a_frame_without_a_cursor_is_left_alone_too() {
    let fleet = fleet(FRAMED, "");
    fleet.write("draft", "half a thought");
    fleet.ao(&["up"]);
    wait_until_told(&fleet, "half a thought");
    fleet.tmux(&["send-keys", "-t", "=t-tui:", "Enter"]);
    wait_for_text(&fleet.path("heard"), "kickoff-t-tui.txt");
    let lines = lines(&fleet);
    assert_eq!(
        (lines.len(), lines[0].as_str()),
        (2, "half a thought"),
        "{lines:?}"
    );
}

#[test]
fn nothing_is_typed_into_a_dialog() {
    let script = "printf 'Do you trust this folder? '\nread -r answer\n\
                  printf '%s\\n' \"$answer\" >answer\nclear\n";
    let fleet = fleet(&format!("{script}{EDITOR}"), "dialog_re = 'do you trust'");
    fleet.ao(&["up"]);
    wait_until_told(&fleet, "a person has to answer");
    assert_eq!(fleet.unit("tui")["state"], "needs-input");
    fleet.tmux(&["send-keys", "-t", "=t-tui:", "yes", "Enter"]);
    wait_for_text(&fleet.path("heard"), "kickoff-t-tui.txt");
    assert_eq!(fleet.read("answer"), "yes\n");
    assert_eq!(lines(&fleet).len(), 1);
}
