//! Statements about what a screen says beside its state.

use super::*;

const HIT: &str = "You've hit your weekly limit";

fn limit(pane: &Pane) -> Limit {
    pane.judge.fact().limit.clone().unwrap()
}

fn reset(pane: &Pane) -> String {
    limit(pane).reset.unwrap().text().to_owned()
}

fn until(fact: &Fact) -> Option<String> {
    let waiting = fact.waiting?;
    Some(waiting.until(&jiff::tz::TimeZone::UTC).to_string())
}

#[test]
fn login_hides_a_limit_and_a_limit_a_dialog_and_a_dialog_an_end() {
    let signs = Signs {
        login: sign("log in"),
        dialog: sign("proceed"),
        ..signs()
    };
    let mut pane = pane(signs);
    let all = [
        ACTIVE,
        "Please log in",
        HIT,
        "Do you want to proceed?",
        FATAL,
    ];
    let states = [
        (Seen::Working, Signal::ActiveRe),
        (Seen::Login, Signal::LoginRe),
        (Seen::Limited, Signal::LimitRe),
        (Seen::NeedsPerson, Signal::DialogRe),
        (Seen::Fatal, Signal::FatalRe),
    ];
    for (hidden, (state, signal)) in states.into_iter().enumerate() {
        let told = pane.shows(&all[hidden..].join("\n"));
        assert_eq!(told, fact(state, signal, &[all[hidden]]));
        assert_eq!(pane.after(60.0), None);
        assert_eq!(facts_of(pane.judge.signs(), &pane.screen).state, state);
    }
}

#[test]
fn a_dialog_hides_recent_output_and_that_hides_an_end() {
    let mut pane = pane(Signs {
        dialog: sign("proceed"),
        ..footer(180)
    });
    pane.writes();
    assert_eq!(pane.state(), Seen::Working);
    assert_eq!(pane.shows("Proceed?").unwrap().state, Seen::NeedsPerson);
    assert_eq!(pane.writes(), None);
    assert_eq!(pane.shows(FATAL).unwrap().signal, Signal::LogGrace);
}

#[test]
fn another_reset_time_is_news_and_the_same_again_is_none() {
    let mut pane = pane(signs());
    let told = pane.shows(&format!("{HIT} · resets 3pm")).unwrap();
    assert_eq!(told.limit, Some(limit(&pane)));
    assert_eq!(reset(&pane), "resets 3pm");
    assert_eq!(pane.shows(&format!("{HIT} · resets 3pm\nmore")), None);
    let told = pane.shows(&format!("{HIT} · resets 4pm")).unwrap();
    assert_eq!(told.rows, [format!("{HIT} · resets 4pm")]);
    assert_eq!(reset(&pane), "resets 4pm");
    let told = pane.shows(&format!(
        "{HIT} · resets 4pm\nContinuing automatically at 4pm"
    ));
    assert!(told.unwrap().limit.unwrap().resumes_itself);
    assert_eq!(reset(&pane), "resets 4pm");
    assert!(pane.shows(HIT).unwrap().limit.unwrap().reset.is_none());
    assert!(pane.shows("ready").unwrap().limit.is_none());
}

#[test]
fn of_several_reset_times_on_a_screen_the_last_counts() {
    // Statement 83.
    let mut pane = pane(signs());
    pane.shows(&format!(
        "{HIT} · resets 3pm\nso I wait\n{HIT} · resets\n  9:10pm (UTC)"
    ));
    assert_eq!(reset(&pane), "resets 9:10pm (UTC)");
}

#[test]
fn the_last_marker_counts_wherever_it_stands() {
    // Statement 90.
    let mut pane = pane(signs());
    let older = "WAITING-UNTIL: 2030-01-01T10:00:00Z";
    let told = pane.shows(&format!(
        "{older}\nI wait. WAITING-UNTIL: 2030-01-01T12:00Z.\nbye"
    ));
    assert_eq!(until(&told.unwrap()).unwrap(), "2030-01-01T12:00:00Z");
    assert_eq!(pane.state(), Seen::Unknown);
    assert!(pane.shows(older).is_some());
    let idle = pane.after(2.0).unwrap();
    assert_eq!((idle.state, idle.waiting.is_some()), (Seen::Idle, true));
    let gone = pane.shows("bye").unwrap();
    assert_eq!((gone.state, gone.waiting), (Seen::Idle, None));
}

#[test]
fn in_a_footer_the_marker_has_to_begin_the_last_row_that_is_not_blank() {
    let mut pane = pane(footer(0));
    let marker = "WAITING-UNTIL: 2030-01-01T10:00:00Z";
    assert_eq!(pane.shows(&format!("{marker}\nmore\n\n")), None);
    assert_eq!(pane.shows(&format!("more {marker}")), None);
    assert!(
        pane.shows(&format!("more\n  {marker}\n\n"))
            .unwrap()
            .waiting
            .is_some()
    );
}

#[test]
fn what_works_does_not_wait_and_a_flickering_busy_sign_is_no_news() {
    let mut pane = pane(signs());
    let marker = "WAITING-UNTIL: 2030-01-01T10:00:00Z\nNo conversation found";
    let told = pane.shows(&format!("{marker}\n{ACTIVE}")).unwrap();
    assert_eq!((told.waiting, told.no_conversation), (None, false));
    assert_eq!(pane.shows(marker), None);
    assert_eq!(pane.shows(&format!("{marker}\n{ACTIVE}")), None);
    assert_eq!(pane.shows(marker), None);
    let idle = pane.after(2.0).unwrap();
    assert!(idle.waiting.is_some() && idle.no_conversation);
}

#[test]
fn a_marker_needs_no_pattern_and_may_be_wrapped() {
    let mut pane = pane(Signs::default());
    let told = pane
        .shows("I sleep now. WAITING-UNTIL: 2030-01-01T10:00:00+02:00")
        .unwrap();
    assert_eq!(told.state, Seen::Unknown);
    assert_eq!(until(&told).unwrap(), "2030-01-01T08:00:00Z");
    let confirmed = facts_of(pane.judge.signs(), &pane.screen);
    assert_eq!(confirmed, told);
}

#[test]
fn a_conversation_that_is_missing_is_told_in_any_state_but_work() {
    let mut pane = pane(signs());
    let told = pane
        .shows("No conversation found with session ID: 1")
        .unwrap();
    assert!(told.no_conversation);
    assert!(!pane.shows("ready").unwrap().no_conversation);
    assert_eq!(pane.shows("it said: no conversation found"), None);
}

#[test]
fn a_fact_is_the_same_after_a_way_through_the_journal() {
    let mut pane = pane(signs());
    let words = "WAITING-UNTIL: 2030-01-01T10:00\nNo conversation found\nContinuing automatically";
    let banner = "hit your limit · resets Oct 31 at 1:30am (Asia/Dhaka)";
    let told = pane.shows(&format!("{words}\n{banner}")).unwrap();
    let written = serde_json::to_string(&told).unwrap();
    assert_eq!(serde_json::from_str::<Fact>(&written).unwrap(), told);
    let least = serde_json::to_string(&Fact::default()).unwrap();
    assert_eq!(least, r#"{"state":"unknown","signal":"silence","rows":[]}"#);
}
