//! Several signals of a program with a preset, and which of them wins.

use std::sync::Arc;
use std::time::Duration;

use crate::detect::{Fact, Judge, Seen, Signal, Signs, Told, Word};
use crate::preset::Preset;
use crate::screen::{Progress, Rules, Screen, Size};

const PRESET: &str = r#"
name = "test"
about = "a program for tests"
[screen]
composer = '^>( |$)'
above_composer = '^-{8}'
below_composer = '^-{8}'
turn = '^(> |\* )'
[title]
working = '^\+ '
blocked = '^! '
idle = '^= '
[progress]
working = true
[status]
as = ["  # ", "* "]
[dialogs.trust]
yes = ["Yes, I do"]
[[sign]]
name = "busy"
state = "working"
line = 'stop with esc'
where = "below"
evidence = "a test"
[[sign]]
name = "prompt"
state = "idle"
line = '^>'
where = "composer"
evidence = "a test"
[[sign]]
name = "limit"
state = "limited"
line = "^ {2}# Limit reached"
where = "turn"
under = '^> '
evidence = "a test"
[[sign]]
name = "cap"
state = "limited"
line = "^ {2}# Out of money"
where = "turn"
hard = true
evidence = "a test"
[[sign]]
name = "again"
state = "retrying"
line = '^\* Trying again in (?<in>\S.*)'
where = "turn"
evidence = "a test"
[[sign]]
name = "trust"
state = "needs-input"
line = '^Do you trust this\?'
with = ["Yes, I do", "No"]
composer = false
dialog = "trust"
evidence = "a test"
[[sign]]
name = "some-dialog"
state = "needs-input"
line = 'Enter to choose'
last = 1
composer = false
weak = true
evidence = "a test"
[[sign]]
name = "broken"
state = "fatal"
line = '^  # Broken for good'
where = "turn"
full = true
evidence = "a test"
[[sign]]
name = "context"
state = "context"
line = '(?<left>\d+)% left'
where = "below"
evidence = "a test"
"#;

struct Pane {
    screen: Screen,
    judge: Judge,
    now: Duration,
}

impl Pane {
    fn new() -> Self {
        let preset = Arc::new(Preset::parse(PRESET).expect("a preset"));
        Self {
            screen: Screen::new(Size::new(40, 16), Rules::for_release(3, 3)),
            judge: Judge::new(Arc::new(Signs::of_preset(preset))),
            now: Duration::from_secs(100),
        }
    }

    fn after(&mut self, seconds: f32) -> &mut Self {
        self.now += Duration::from_secs_f32(seconds);
        self.judge.tick(self.now);
        self
    }

    /// Paints a conversation, an input box and what stands below that.
    fn shows(&mut self, above: &[&str], below: &str) -> &mut Self {
        let rule = "-".repeat(40);
        let box_ = ["", &rule, "> ", &rule, below];
        self.paints(&[above, &box_].concat())
    }

    fn paints(&mut self, rows: &[&str]) -> &mut Self {
        self.screen.feed(b"\x1b[2J\x1b[H");
        self.screen.feed(rows.join("\r\n").as_bytes());
        self.judge.look(&self.screen, self.now);
        self
    }

    fn says(&mut self, word: Word) -> &mut Self {
        let by = Signal::Status;
        self.judge.told(Told { word, by }, self.now);
        self
    }

    fn is(&self) -> (Seen, Signal) {
        (self.judge.fact().state, self.judge.fact().signal)
    }

    fn fact(&self) -> &Fact {
        self.judge.fact()
    }
}

const BUSY: &str = "  stop with esc";
const LIMIT: [&str; 2] = ["> go on", "  # Limit reached, resets 3pm (UTC)"];

#[test]
fn a_prompt_and_silence_are_idle_and_a_prompt_alone_is_not() {
    let mut pane = Pane::new();
    pane.shows(&["> go on"], BUSY);
    assert_eq!(pane.is(), (Seen::Working, Signal::Rows));
    pane.after(1.0).shows(&["> go on", "* I beg"], "");
    assert_eq!(
        pane.is(),
        (Seen::Working, Signal::Silence),
        "it writes its answer"
    );
    pane.after(1.5).shows(&["> go on", "* I begin"], "");
    pane.after(1.5);
    assert_eq!(pane.is().0, Seen::Working);
    pane.after(0.6);
    assert_eq!(pane.is(), (Seen::Idle, Signal::Rows));
    assert_eq!(pane.fact().pattern.as_deref(), Some("prompt"));
}

#[test]
fn an_unknown_screen_is_not_idle_and_no_work_for_ever() {
    let mut pane = Pane::new();
    pane.paints(&["what is this"]).after(30.0);
    assert_eq!(pane.is().0, Seen::Unknown);
    pane.shows(&[], BUSY).after(1.0).paints(&["what is this"]);
    pane.after(30.0);
    assert_eq!(pane.is().0, Seen::Working);
    pane.after(31.0);
    assert_eq!(pane.is().0, Seen::Unknown);
}

#[test]
fn a_title_tells_of_work_that_the_rows_hide() {
    let mut pane = Pane::new();
    pane.shows(&["> go on", "* text"], "");
    pane.judge.title("+ busy", pane.now);
    pane.after(20.0);
    assert_eq!(pane.is(), (Seen::Working, Signal::Title));
    pane.judge.title("= ready", pane.now);
    assert_eq!(
        pane.is(),
        (Seen::Idle, Signal::Title),
        "it need not be silent for long"
    );
    pane.shows(&["> go on", "* text"], BUSY);
    assert_eq!(
        pane.is(),
        (Seen::Working, Signal::Rows),
        "titles are forgotten"
    );
    pane.judge.title("! you", pane.now);
    assert_eq!(pane.is(), (Seen::NeedsPerson, Signal::Title));
    pane.judge.progress(Progress::Busy, pane.now);
    pane.judge.title("anything", pane.now);
    pane.shows(&["> go on"], "");
    assert_eq!(pane.is(), (Seen::Working, Signal::Progress));
    pane.judge.progress(Progress::None, pane.now);
    pane.after(3.0);
    assert_eq!(pane.is(), (Seen::Idle, Signal::Rows));
}

#[test]
fn a_limit_that_is_newer_than_a_busy_title_wins_and_is_a_contradiction() {
    let mut pane = Pane::new();
    pane.judge.title("+ busy", pane.now);
    pane.after(1.0).shows(&LIMIT, "");
    assert_eq!(pane.is(), (Seen::Limited, Signal::Rows));
    assert_eq!(
        pane.fact().contradicts,
        Some((Signal::Title, Seen::Working))
    );
    let limit = pane.fact().limit.clone().expect("a limit");
    assert_eq!(limit.reset.expect("a time").text(), "resets 3pm (UTC)");
    pane.judge.title("= ready", pane.now);
    pane.after(1.0)
        .judge
        .title("+ busy", Duration::from_secs(200));
    assert_eq!(
        pane.is(),
        (Seen::Working, Signal::Title),
        "the title is newer"
    );
}

#[test]
fn what_a_program_says_of_itself_is_trusted_before_its_rows() {
    let mut pane = Pane::new();
    pane.shows(&[], BUSY);
    pane.says(Word::Idle);
    assert_eq!(
        pane.is(),
        (Seen::Idle, Signal::Status),
        "the rows are older"
    );
    pane.after(1.0).shows(&[], "").after(1.0).shows(&[], BUSY);
    assert_eq!(
        pane.is(),
        (Seen::Working, Signal::Rows),
        "the rows are newer"
    );
    assert_eq!(pane.fact().contradicts, Some((Signal::Status, Seen::Idle)));
    pane.says(Word::Working).shows(&[], "").after(60.0);
    assert_eq!(
        pane.is(),
        (Seen::Working, Signal::Status),
        "however long it is silent"
    );
    pane.says(Word::Gone);
    assert_eq!(pane.is(), (Seen::Idle, Signal::Rows));
}

#[test]
fn rows_say_more_than_a_word_does() {
    let mut pane = Pane::new();
    pane.says(Word::Working);
    pane.after(1.0)
        .shows(&["> go on", "* Trying again in 9s"], "");
    assert_eq!(pane.is(), (Seen::Retrying, Signal::Rows));
    assert_eq!(pane.fact().contradicts, None);
    pane.says(Word::Idle).shows(&LIMIT, "");
    assert_eq!(pane.is(), (Seen::Limited, Signal::Rows));
    pane.says(Word::Blocked {
        kind: Some("permission".to_owned()),
        message: None,
    });
    pane.shows(&[], "");
    assert_eq!(pane.is(), (Seen::NeedsPerson, Signal::Status));
    assert_eq!(pane.fact().dialog.as_deref(), Some("permission"));
    pane.paints(&[
        "Do you trust this?",
        "  1. Yes, I do",
        "  2. No",
        "Enter to choose",
    ]);
    assert_eq!(pane.is(), (Seen::NeedsPerson, Signal::Rows));
    assert_eq!(
        pane.fact().dialog.as_deref(),
        Some("trust"),
        "not the weak sign below it"
    );
}

#[test]
fn a_message_of_a_failed_turn_is_read_by_the_signs_of_the_screen() {
    let mut pane = Pane::new();
    pane.shows(&["> go on"], "");
    pane.says(Word::Failed(Some(
        "Limit reached · resets 5pm (UTC)".to_owned(),
    )));
    assert_eq!(pane.is(), (Seen::Limited, Signal::Status));
    let limit = pane.fact().limit.clone().expect("a limit");
    assert_eq!(limit.reset.expect("a time").text(), "resets 5pm (UTC)");
    pane.says(Word::Failed(Some("Broken for good".to_owned())));
    assert!(pane.fact().full && pane.is().0 == Seen::Fatal);
    pane.says(Word::Failed(Some("never heard of".to_owned())));
    assert_eq!(pane.is(), (Seen::Idle, Signal::Status));
    pane.after(1.0).shows(&["> go on"], BUSY);
    assert_eq!(pane.is().0, Seen::Working);
}

#[test]
fn an_exact_end_of_a_limit_goes_before_the_banner_s_words() {
    let mut pane = Pane::new();
    pane.shows(&LIMIT, "");
    let until = "2026-11-23T15:04:05Z".parse().expect("a time");
    let told = Told {
        word: Word::Limited {
            until: Some(until),
            hard: false,
        },
        by: Signal::Conversation,
    };
    pane.judge.told(told, pane.now);
    assert_eq!(pane.is(), (Seen::Limited, Signal::Conversation));
    let limit = pane.fact().limit.clone().expect("a limit");
    let at = limit.reset.expect("a time");
    assert_eq!(at.at(until, &jiff::tz::TimeZone::UTC), Some(until));
    assert_eq!(pane.fact().pattern.as_deref(), Some("limit"));
}

#[test]
fn within_ten_minutes_it_is_retrying_and_longer_is_a_limit() {
    for (wait, state) in [
        ("9s", Seen::Retrying),
        ("9m 59s", Seen::Retrying),
        ("10m", Seen::Retrying),
        ("10m 1s", Seen::Limited),
        ("2h 59m attempt #1", Seen::Limited),
        ("a while", Seen::Retrying),
    ] {
        let mut pane = Pane::new();
        let row = format!("* Trying again in {wait}");
        pane.shows(&["> go on", &row], "");
        assert_eq!(pane.is().0, state, "{wait}");
        let ends = pane
            .fact()
            .limit
            .as_ref()
            .map(|limit| limit.reset.is_some());
        assert_eq!(ends, (state == Seen::Limited).then_some(true), "{wait}");
    }
}

#[test]
fn a_banner_counts_where_it_stands_and_until_something_newer_does() {
    let state = |rows: &[&str]| {
        let mut pane = Pane::new();
        pane.shows(rows, "").after(3.0);
        pane.is().0
    };
    let banner = LIMIT[1];
    assert_eq!(state(&LIMIT), Seen::Limited);
    assert_eq!(state(&[LIMIT[0], banner, "  some words"]), Seen::Limited);
    assert_eq!(
        state(&[LIMIT[0], banner, "> again"]),
        Seen::Idle,
        "a newer turn"
    );
    assert_eq!(
        state(&[LIMIT[0], banner, "* Done"]),
        Seen::Idle,
        "a newer answer"
    );
    assert_eq!(
        state(&["* Ran grep", banner]),
        Seen::Idle,
        "it is a tool's output"
    );
    assert_eq!(state(&["> go on", "* The text says", banner]), Seen::Idle);
    assert_eq!(
        state(&["> what is '  # Limit reached'"]),
        Seen::Idle,
        "it is quoted"
    );
    assert_eq!(
        state(&["Do you trust this?", "Yes, I do", "No"]),
        Seen::Idle,
        "a dialog hides the input box"
    );
}

#[test]
fn a_hard_cap_has_no_end_whatever_it_says() {
    let mut pane = Pane::new();
    pane.shows(
        &["> go on", "  # Out of money, resets Oct 3, 9am (UTC)"],
        "",
    );
    let limit = pane.fact().limit.clone().expect("a limit");
    assert!(limit.hard && limit.reset.is_none());
}

#[test]
fn a_row_that_is_written_again_was_there_all_the_time() {
    let mut pane = Pane::new();
    pane.shows(&[], BUSY).after(5.0);
    pane.says(Word::Idle);
    pane.shows(&[], "").after(0.1).shows(&[], BUSY);
    assert_eq!(pane.is(), (Seen::Idle, Signal::Status));
    pane.shows(&[], "").after(2.0).shows(&[], BUSY);
    assert_eq!(pane.is(), (Seen::Working, Signal::Rows));
}

#[test]
fn the_context_that_is_left_is_known_and_no_news() {
    let mut pane = Pane::new();
    pane.shows(&[], "  stop with esc   12% left");
    assert_eq!(pane.fact().context_left, Some(12));
    pane.screen.feed(b"\x1b[2J\x1b[H");
    let rule = "-".repeat(40);
    let rows = [&rule, "> ", &rule, "  stop with esc   11% left"].join("\r\n");
    pane.screen.feed(rows.as_bytes());
    assert_eq!(pane.judge.look(&pane.screen, pane.now), None);
    assert_eq!(pane.fact().context_left, Some(11));
}

#[test]
fn confirming_takes_silence_for_granted_and_words_as_they_are() {
    let mut pane = Pane::new();
    pane.shows(&["> go on"], "");
    assert_eq!(pane.is().0, Seen::Unknown);
    assert_eq!(pane.judge.confirm(&pane.screen, pane.now).state, Seen::Idle);
    pane.says(Word::Working);
    let confirmed = pane.judge.confirm(&pane.screen, pane.now);
    assert_eq!(
        (confirmed.state, confirmed.signal),
        (Seen::Working, Signal::Status)
    );
    assert_eq!(confirmed.rows, Vec::<String>::new());
}

#[test]
fn a_turn_that_is_broken_off_calls_no_hook_and_is_seen_by_its_rows() {
    let hooked = |pane: &mut Pane, word| {
        let by = Signal::Hook;
        pane.judge.told(Told { word, by }, pane.now);
    };
    let blocked = Word::Blocked {
        kind: Some("approval".into()),
        message: None,
    };
    for word in [Word::Working, blocked] {
        let mut pane = Pane::new();
        pane.shows(&["> go on"], BUSY).after(1.0);
        hooked(&mut pane, word.clone());
        let before = pane.is();
        assert_eq!(before.1, Signal::Hook);
        pane.after(5.0)
            .shows(&["> go on", "* Stopped"], "")
            .after(1.0);
        assert_eq!(pane.is(), before, "it may go on");
        pane.after(1.5);
        assert_eq!(pane.is(), (Seen::Idle, Signal::Rows), "{word:?}");
        assert_eq!(pane.fact().contradicts, Some((Signal::Hook, before.0)));
        assert_eq!(pane.judge.next_deadline(), None);
    }
}

#[test]
fn a_question_keeps_its_name_when_it_is_told_once_more() {
    let mut pane = Pane::new();
    let ask = |kind: Option<&str>| Word::Blocked {
        kind: kind.map(str::to_owned),
        message: None,
    };
    pane.says(ask(Some("plan"))).after(6.0).says(ask(None));
    assert_eq!(pane.fact().dialog.as_deref(), Some("plan"));
    pane.says(Word::Working).after(6.0).says(ask(None));
    assert_eq!(pane.is().0, Seen::NeedsPerson);
    assert_eq!(pane.fact().dialog, None);
}

#[test]
fn what_can_change_nothing_any_more_is_not_waited_for() {
    let mut pane = Pane::new();
    pane.shows(&["> go on"], "").says(Word::Working);
    assert!(pane.judge.next_deadline().is_some());
    pane.after(3.0);
    assert_eq!(pane.is(), (Seen::Working, Signal::Status));
    assert_eq!(pane.judge.next_deadline(), None);
    let mut pane = Pane::new();
    pane.judge.title("+ busy", pane.now);
    pane.paints(&["text"]).after(61.0);
    assert_eq!(pane.is(), (Seen::Working, Signal::Title));
    assert_eq!(pane.judge.next_deadline(), None);
}

#[test]
fn a_conversation_file_tells_the_end_of_a_limit_for_as_long_as_that_is_shown() {
    let until = "2026-11-24T01:02:03Z".parse().unwrap();
    let filed = |pane: &mut Pane| {
        let word = Word::Limited {
            until: Some(until),
            hard: false,
        };
        pane.judge.filed(word, pane.now);
    };
    let end = |pane: &Pane| {
        let limit = pane.fact().limit.clone().unwrap_or_default();
        let utc = jiff::tz::TimeZone::UTC;
        limit.reset.and_then(|reset| reset.at(until, &utc))
    };
    let mut pane = Pane::new();
    pane.shows(&LIMIT, "");
    assert_eq!(pane.is(), (Seen::Limited, Signal::Rows));
    filed(&mut pane);
    assert_eq!(pane.is(), (Seen::Limited, Signal::Conversation));
    assert_eq!(end(&pane), Some(until));
    assert_eq!(pane.fact().pattern.as_deref(), Some("limit"));
    let confirmed = pane.judge.confirm(&pane.screen, pane.now);
    assert_eq!(confirmed.signal, Signal::Conversation);
    pane.after(1.0).shows(&["> go on"], BUSY);
    assert_eq!(pane.is(), (Seen::Working, Signal::Rows));
    filed(&mut pane);
    let still = (Seen::Working, Signal::Rows);
    assert_eq!(pane.is(), still, "it adds, and says nothing by itself");
    pane.after(1.0).shows(&LIMIT, "");
    let again = (Seen::Limited, Signal::Rows);
    assert_eq!(pane.is(), again, "of an older limit it says nothing");
}
