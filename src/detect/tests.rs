//! Statements about judging a pane.

use std::sync::Arc;
use std::time::Duration;

use super::signs::Sign;
use super::*;

mod anatomy;
mod lines;
mod signals;
mod words;
use crate::pattern::Pattern;
use crate::screen::{Rules, Screen, Size};

const ACTIVE: &str = "esc to interrupt";
const LIMIT: &str = r"hit your .* limit";
const FATAL: &str = "please run /login";

fn sign(text: &str) -> Option<Sign> {
    Some(Sign::new(Arc::new(Pattern::compile(text).unwrap())))
}

fn signs() -> Signs {
    Signs {
        active: sign(ACTIVE),
        limit: sign(LIMIT),
        fatal: sign(FATAL),
        ..Signs::default()
    }
}

/// A pane of 40 columns and 24 rows, and its judge.
struct Pane {
    screen: Screen,
    judge: Judge,
    now: Duration,
}

fn pane(signs: Signs) -> Pane {
    Pane {
        screen: Screen::new(Size { cols: 40, rows: 24 }, Rules::default()),
        judge: Judge::new(Arc::new(signs)),
        now: Duration::from_secs(100),
    }
}

impl Pane {
    /// Shows these lines from the top, and nothing else.
    fn shows(&mut self, lines: &str) -> Option<Fact> {
        let lines = lines.replace('\n', "\r\n");
        self.screen.feed(format!("\x1b[2J\x1b[H{lines}").as_bytes());
        self.judge.look(&self.screen, self.now)
    }

    /// Lets time pass, as a timer would.
    fn after(&mut self, seconds: f64) -> Option<Fact> {
        let end = self.now + Duration::from_secs_f64(seconds);
        let mut changed = None;
        while let Some(deadline) = self.judge.next_deadline().filter(|at| *at <= end) {
            let told = self.judge.tick(deadline);
            assert!(told.is_some(), "a deadline at which nothing changes");
            changed = told;
        }
        self.now = end;
        changed
    }

    fn writes(&mut self) -> Option<Fact> {
        self.judge.output(self.now)
    }

    fn state(&self) -> Seen {
        self.judge.fact().state
    }
}

fn fact(state: Seen, signal: Signal, rows: &[&str]) -> Option<Fact> {
    let rows = rows.iter().map(|row| (*row).to_owned()).collect();
    Some(Fact {
        state,
        signal,
        rows,
        limit: (state == Seen::Limited).then(Limit::default),
        ..Fact::default()
    })
}

#[test]
fn a_pane_without_patterns_is_unknown_for_ever() {
    let mut pane = pane(Signs::default());
    assert_eq!(pane.shows("esc to interrupt"), None);
    assert_eq!(pane.writes(), None);
    assert_eq!(pane.after(1e6), None);
    assert_eq!(pane.state(), Seen::Unknown);
    assert!(pane.judge.signs().is_empty());
}

#[test]
fn an_agent_works_at_once_and_is_idle_after_two_seconds() {
    let mut pane = pane(signs());
    let row = "✻ Baking… (Esc to interrupt)";
    assert_eq!(
        pane.shows(row),
        fact(Seen::Working, Signal::ActiveRe, &[row])
    );
    assert_eq!(pane.after(60.0), None);
    assert_eq!(
        pane.shows("done"),
        None,
        "a busy sign may be gone for a moment"
    );
    assert_eq!(pane.after(1.9), None);
    assert_eq!(pane.after(0.1), fact(Seen::Idle, Signal::Silence, &[]));
    assert_eq!(pane.judge.next_deadline(), None);
}

#[test]
fn a_busy_sign_that_comes_back_within_two_seconds_was_never_gone() {
    let mut pane = pane(signs());
    pane.shows(ACTIVE);
    pane.shows("");
    assert_eq!(pane.after(1.9), None);
    assert_eq!(pane.shows(ACTIVE), None);
    assert_eq!(pane.after(10.0), None);
    pane.shows("");
    assert_eq!(pane.after(1.9), None, "the two seconds begin anew");
}

#[test]
fn an_agent_that_shows_nothing_at_the_first_look_is_idle_two_seconds_later() {
    let mut pane = pane(signs());
    assert_eq!(pane.after(10.0), None, "nothing is known before a look");
    assert_eq!(pane.shows("ready"), None);
    assert_eq!(pane.state(), Seen::Unknown);
    assert_eq!(pane.after(2.0), fact(Seen::Idle, Signal::Silence, &[]));
}

#[test]
fn without_an_active_re_an_agent_is_never_idle() {
    let mut pane = pane(Signs {
        active: None,
        ..signs()
    });
    assert_eq!(pane.shows("ready"), None);
    assert_eq!(pane.after(1e6), None);
    assert_eq!(
        pane.shows("You hit your weekly limit").unwrap().state,
        Seen::Limited
    );
    assert_eq!(pane.shows("ready").unwrap().state, Seen::Unknown);
}

#[test]
fn active_hides_limit_and_fatal_and_limit_hides_fatal() {
    let limit = "You've hit your weekly limit";
    let all = format!("{FATAL}\n{limit}\n{ACTIVE}");
    let mut pane = pane(signs());
    assert_eq!(
        pane.shows(&all),
        fact(Seen::Working, Signal::ActiveRe, &[ACTIVE])
    );
    let both = format!("{FATAL}\n{limit}");
    assert_eq!(
        pane.shows(&both),
        fact(Seen::Limited, Signal::LimitRe, &[limit])
    );
    assert_eq!(
        pane.shows(FATAL),
        fact(Seen::Fatal, Signal::FatalRe, &[FATAL])
    );
    assert_eq!(pane.after(10.0), None);
    assert_eq!(pane.shows("ready"), fact(Seen::Idle, Signal::Silence, &[]));
}

#[test]
fn a_sentence_that_the_terminal_wrapped_is_found_and_told_as_one_line() {
    let banner = "■ You’ve hit your usage limit. Upgrade to Pro, or try again at 12:51 PM.";
    let mut pane = pane(Signs {
        limit: sign("upgrade to pro, or try"),
        ..signs()
    });
    let told = pane.shows(banner).unwrap();
    assert_eq!(
        (told.state, told.rows),
        (Seen::Limited, vec![banner.into()])
    );
    let reset = told.limit.unwrap().reset.unwrap();
    assert_eq!(reset.text(), "try again at 12:51 PM");
}

#[test]
fn a_pattern_may_span_lines() {
    let mut pane = pane(Signs {
        limit: sign(r"limit\s+reached"),
        ..signs()
    });
    assert_eq!(pane.shows("the limit\nis reached"), None);
    let split = "old\n the limit\n   reached now\nmore";
    let expected = fact(
        Seen::Limited,
        Signal::LimitRe,
        &[" the limit", "   reached now"],
    );
    assert_eq!(pane.shows(split), expected);
    assert_eq!(
        pane.shows("reached\nlimit"),
        fact(Seen::Unknown, Signal::Silence, &[])
    );
}

#[test]
fn text_anchors_are_the_edges_of_the_screen() {
    let mut pane = pane(Signs {
        fatal: sign(r"^fatal"),
        limit: sign(r"limit\Z"),
        ..signs()
    });
    assert_eq!(pane.shows("x\nfatal"), None);
    assert_eq!(pane.shows("fatal").unwrap().state, Seen::Fatal);
    pane.shows("");
    assert_eq!(pane.shows("limit"), None, "blank rows come behind it");
    let at_the_end = format!("{}limit", "\n".repeat(23));
    assert_eq!(pane.shows(&at_the_end).unwrap().state, Seen::Limited);
}

#[test]
fn a_line_that_scrolls_is_still_found() {
    let mut pane = pane(signs());
    let lines = format!("{}You've hit your weekly limit\n", "line\n".repeat(20));
    assert_eq!(pane.shows(&lines).unwrap().state, Seen::Limited);
    for _ in 0..22 {
        pane.screen.feed(b"\r\nmore");
        assert_eq!(pane.judge.look(&pane.screen, pane.now), None);
    }
    pane.screen.feed(b"\r\nmore");
    let gone = pane.judge.look(&pane.screen, pane.now).unwrap();
    assert_eq!(gone.state, Seen::Unknown, "it scrolled off");
}

#[test]
fn a_fact_carries_few_rows_and_short_ones() {
    let mut pane = pane(Signs {
        limit: sign("limit"),
        ..signs()
    });
    let lines: Vec<String> = (0..20).map(|line| format!("limit {line}")).collect();
    let told = pane.shows(&lines.join("\n")).unwrap();
    assert_eq!(told.rows, lines[20 - Fact::ROWS_MAX..], "the lowest");
    let mut pane = self::pane(Signs {
        limit: sign("limit"),
        ..signs()
    });
    let told = pane.shows(&format!("limit{}", "é".repeat(800))).unwrap();
    assert_eq!(
        told.rows[0].len(),
        Fact::ROW_BYTES_MAX - 1,
        "between two characters"
    );
}

fn footer(grace: u64) -> Signs {
    Signs {
        footer: Some(Duration::from_secs(grace)),
        ..signs()
    }
}

#[test]
fn a_footer_is_the_last_ten_rows_and_blank_ones_count() {
    for (above, state) in [
        (13, Seen::Unknown),
        (14, Seen::Working),
        (23, Seen::Working),
    ] {
        let mut pane = pane(footer(0));
        pane.shows(&format!("{}{ACTIVE}", "\n".repeat(above)));
        assert_eq!(pane.state(), state, "{above} rows above it");
    }
    let mut pane = pane(footer(0));
    pane.shows("You've hit your weekly limit");
    assert_eq!(pane.state(), Seen::Limited, "the limit counts anywhere");
}

#[test]
fn of_a_wrapped_line_only_the_part_in_the_footer_counts() {
    let filled = |sign: &str| format!("{}{sign}", "x".repeat(40));
    for (above, line, state) in [
        (12, filled(ACTIVE), Seen::Unknown),
        (13, filled(ACTIVE), Seen::Working),
        (13, format!("{ACTIVE}{}", "x".repeat(40)), Seen::Unknown),
        (14, filled(ACTIVE), Seen::Working),
    ] {
        let mut pane = pane(footer(0));
        pane.shows(&format!("{}{line}", "\n".repeat(above)));
        assert_eq!(pane.state(), state, "{above} rows above {line:?}");
    }
}

#[test]
fn a_screen_of_less_than_ten_rows_is_all_footer() {
    let mut judge = Judge::new(Arc::new(footer(0)));
    let mut screen = Screen::new(Size { cols: 40, rows: 5 }, Rules::default());
    screen.feed(ACTIVE.as_bytes());
    assert_eq!(
        judge.look(&screen, Duration::ZERO).unwrap().state,
        Seen::Working
    );
}

#[test]
fn output_counts_as_work_for_the_grace_of_a_footer() {
    let mut pane = pane(footer(180));
    pane.shows("ready");
    assert_eq!(pane.after(5.0).unwrap().state, Seen::Idle);
    assert_eq!(pane.writes(), fact(Seen::Working, Signal::LogGrace, &[]));
    assert_eq!(pane.after(100.0), None);
    assert_eq!(pane.writes(), None);
    assert_eq!(pane.after(179.0), None, "the grace begins anew");
    assert_eq!(pane.after(1.0), fact(Seen::Idle, Signal::Silence, &[]));
}

#[test]
fn output_is_no_sign_of_work_without_a_footer() {
    let mut pane = pane(signs());
    pane.shows("ready");
    pane.after(5.0);
    assert_eq!(pane.writes(), None);
}

#[test]
fn the_grace_hides_fatal_and_never_a_limit() {
    let mut pane = pane(footer(180));
    pane.writes();
    assert_eq!(pane.state(), Seen::Working);
    assert_eq!(pane.shows(FATAL), None);
    assert_eq!(
        pane.shows("You've hit your weekly limit").unwrap().state,
        Seen::Limited
    );
    assert_eq!(pane.writes(), None);
    assert_eq!(
        pane.shows(FATAL),
        fact(Seen::Working, Signal::LogGrace, &[])
    );
    assert_eq!(
        pane.after(180.0),
        fact(Seen::Fatal, Signal::FatalRe, &[FATAL])
    );
}

#[test]
fn the_same_screen_is_not_looked_at_again() {
    let mut pane = pane(signs());
    pane.shows(ACTIVE);
    let before = pane.screen.revision();
    pane.screen.feed(b"\x1b[31m\x1b[5;5H\x1b[0m");
    assert_eq!(pane.screen.revision(), before);
    assert_eq!(pane.judge.look(&pane.screen, pane.now), None);
}

#[test]
fn other_signs_judge_from_the_next_look_on() {
    let mut pane = pane(signs());
    pane.shows("busy now");
    pane.after(3.0);
    assert_eq!(pane.state(), Seen::Idle);
    pane.judge.set_signs(Arc::new(Signs {
        active: sign("busy"),
        ..signs()
    }));
    let look = pane.judge.look(&pane.screen, pane.now);
    assert_eq!(look.unwrap().state, Seen::Working);
    pane.judge.set_signs(Arc::new(Signs::default()));
    let look = pane.judge.look(&pane.screen, pane.now);
    assert_eq!(look.unwrap().state, Seen::Unknown, "nothing tells any more");
}

#[test]
fn a_fresh_screen_confirms_what_needs_no_past() {
    let mut screen = Screen::new(Size { cols: 80, rows: 24 }, Rules::default());
    assert_eq!(facts_of(&Arc::new(signs()), &screen), Fact::default());
    screen.feed(b"You've hit your weekly limit");
    let limited = fact(
        Seen::Limited,
        Signal::LimitRe,
        &["You've hit your weekly limit"],
    );
    assert_eq!(Some(facts_of(&Arc::new(signs()), &screen)), limited);
    screen.feed(b"\r\nesc to interrupt");
    assert_eq!(facts_of(&Arc::new(signs()), &screen).state, Seen::Working);
}

#[test]
fn a_pattern_that_gives_up_counts_as_no_match_and_is_told_once_for_all_panes() {
    let shared = Arc::new(Signs {
        fatal: sign(r"(?<!a)(?:a|aa)+\b(?=!)"),
        ..Signs::default()
    });
    let hostile = "a".repeat(60);
    for told in [Some(Signal::FatalRe), None] {
        let mut pane = pane(Signs::default());
        pane.judge = Judge::new(Arc::clone(&shared));
        assert_eq!(pane.shows(&hostile), None);
        assert_eq!(pane.judge.take_gave_up(), told);
        assert_eq!(pane.judge.take_gave_up(), None);
    }
}

#[test]
fn only_the_program_of_another_backend_is_foreign() {
    let others = ["codex", "claude", "codex"];
    let foreign = |command, own| foreign_program(command, own, others.into_iter());
    assert!(foreign("codex", Some("claude")));
    assert!(!foreign("claude", Some("claude")));
    assert!(!foreign("bash", Some("claude")), "a shell is none");
    assert!(
        !foreign("vim", Some("claude")),
        "nor is what nobody declares"
    );
    assert!(
        !foreign("codex", None),
        "who names no process is not compared"
    );
}
