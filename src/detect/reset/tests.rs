//! Statements about reset times. Statements 83 and 84 of the predecessor are here.

use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

/// Sunday, in a summer in Berlin.
const SEEN: &str = "2026-07-05T14:20:00Z";

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

/// The moment that a banner means, seen at [`SEEN`] in Berlin, where the clock shows 16:20.
fn at(banner: &str) -> Option<Timestamp> {
    reset_in(banner)?.at(moment(SEEN), &berlin())
}

fn check(banner: &str, expected: &str) {
    let found = at(banner).map(|at| at.to_string());
    assert_eq!(found.as_deref(), Some(expected), "{banner}");
}

#[test]
fn every_known_banner_is_understood() {
    for (banner, expected) in [
        // Claude
        (
            "Claude usage limit reached. Your limit will reset at 1pm (Etc/GMT+5).",
            "2026-07-05T18:00:00Z",
        ),
        (
            "Claude AI usage limit reached|1749924000",
            "2025-06-14T18:00:00Z",
        ),
        ("5-hour limit reached ∙ resets 7pm", "2026-07-05T17:00:00Z"),
        ("Session limit reached ∙ resets 7pm", "2026-07-05T17:00:00Z"),
        (
            "Opus weekly limit reached ∙ resets Oct 31, 9am",
            "2026-10-31T08:00:00Z",
        ),
        (
            "You've hit your limit · resets 1:30am (Asia/Dhaka)",
            "2026-07-05T19:30:00Z",
        ),
        (
            "You've hit your session limit · resets 2:50am (Asia/Muscat)",
            "2026-07-05T22:50:00Z",
        ),
        (
            "You've hit your weekly limit · resets Sep 15 at 7pm",
            "2026-09-15T17:00:00Z",
        ),
        (
            "You're out of usage credits · resets Oct 3, 9am (UTC)",
            "2026-10-03T09:00:00Z",
        ),
        (
            "You've hit your weekly limit · resets Nov 27, 10:07am (UTC)",
            "2026-11-27T10:07:00Z",
        ),
        (
            "⎿  You've hit your 5-hour limit · resets 12:49pm (UTC)",
            "2026-07-06T12:49:00Z",
        ),
        (
            "● Usage limit reached · set to continue automatically at 4:49pm",
            "2026-07-05T14:49:00Z",
        ),
        (
            "Usage limit reached · continuing automatically at 4:45pm · esc to cancel",
            "2026-07-05T14:45:00Z",
        ),
        // Codex
        (
            "■ You've hit your usage limit. Try again at 7:58 PM.",
            "2026-07-05T17:58:00Z",
        ),
        (
            "or try again at Feb 3rd, 2027 7:58 PM.",
            "2027-02-03T18:58:00Z",
        ),
        (
            "visit the page or try again\nat Nov 27th, 2026 10:09 AM.",
            "2026-11-27T09:09:00Z",
        ),
        (
            "try again in 2 days 17 hours 14 minutes",
            "2026-07-08T07:34:00Z",
        ),
        // opencode
        (
            "Your limit will reset at 2026-07-06 20:30:24 [retrying in 2m 22s #8]",
            "2026-07-06T18:30:24Z",
        ),
        (
            "Your⬝limit⬝will⬝reset⬝at⬝2026-07-06⬝20:30:24⬝■",
            "2026-07-06T18:30:24Z",
        ),
        // gemini
        ("Access resets at 3:40 PM PST.", "2026-07-05T23:40:00Z"),
        (
            "Access resets at 3:40\u{202f}PM GMT+9.",
            "2026-07-06T06:40:00Z",
        ),
        (
            "Your quota will reset after 8h44m7s.",
            "2026-07-05T23:04:07Z",
        ),
        // what the predecessor did not understand
        ("resets at 2026-06-13 10pm", "2026-06-13T20:00:00Z"),
        ("resets Jul 16, 10pm", "2026-07-16T20:00:00Z"),
        ("resets in 2 hours", "2026-07-05T16:20:00Z"),
        ("resets tomorrow at 9am", "2026-07-06T07:00:00Z"),
        ("reset: 5pm", "2026-07-05T15:00:00Z"),
        ("resets 3:30pm (UTC)", "2026-07-05T15:30:00Z"),
    ] {
        check(banner, expected);
    }
}

#[test]
fn the_same_is_understood_in_other_spellings() {
    for (banner, expected) in [
        ("RESETS AT 17:30", "2026-07-05T15:30:00Z"),
        ("resets at 3:30 PM", "2026-07-06T13:30:00Z"),
        ("resets 5 p.m.", "2026-07-05T15:00:00Z"),
        ("resets at 12am", "2026-07-05T22:00:00Z"),
        ("resets at 12 pm", "2026-07-06T10:00:00Z"),
        ("resets on 2026-07-06T20:30:24Z", "2026-07-06T20:30:24Z"),
        (
            "resets on 2026-07-06T20:30:24-05:30",
            "2026-07-07T02:00:24Z",
        ),
        ("resets at 20:30 +0200", "2026-07-05T18:30:00Z"),
        ("resets 9pm Europe/London", "2026-07-05T20:00:00Z"),
        ("resets 9pm (UTC+2)", "2026-07-05T19:00:00Z"),
        ("resets 9pm (Japan)", "2026-07-06T12:00:00Z"),
        ("resets at 9pm CEST", "2026-07-05T19:00:00Z"),
        ("resets 9pm (in 5 hours)", "2026-07-05T19:00:00Z"),
        ("resets 9am tomorrow", "2026-07-06T07:00:00Z"),
        ("resets today at 5pm", "2026-07-05T15:00:00Z"),
        ("resets Monday at 9am", "2026-07-06T07:00:00Z"),
        ("resets Sun 4pm", "2026-07-12T14:00:00Z"),
        ("resets on Sunday, 5pm", "2026-07-05T15:00:00Z"),
        ("resets Mon, Oct 31 at 9am", "2026-10-31T08:00:00Z"),
        ("resets 9am on Oct 31 (UTC)", "2026-10-31T09:00:00Z"),
        ("resets 31 October 2026 at 9am", "2026-10-31T08:00:00Z"),
        ("resets September 1st, 2026, 10:00", "2026-09-01T08:00:00Z"),
        ("resets in about 1 hour and 5 mins", "2026-07-05T15:25:00Z"),
        ("try again in 90s", "2026-07-05T14:21:30Z"),
        ("resets in 1w 2d", "2026-07-14T14:20:00Z"),
        ("resets at 1783000000", "2026-07-02T13:46:40Z"),
        ("limit reached|1783000000123", "2026-07-02T13:46:40Z"),
        ("│ resets at   │\n│ 5pm · hold  │", "2026-07-05T15:00:00Z"),
        ("resets\n5pm\nMonday is far", "2026-07-05T15:00:00Z"),
    ] {
        check(banner, expected);
    }
}

#[test]
fn what_services_and_machines_write_is_understood() {
    for (banner, expected) in [
        (
            "Your limit resets at 2026-07-06T18:00:00.000Z",
            "2026-07-06T18:00:00Z",
        ),
        (
            "resets at 2026-07-06T18:00:00.123456+02:00",
            "2026-07-06T16:00:00Z",
        ),
        (
            "resets at Mon, 06 Jul 2026 18:00:00 GMT",
            "2026-07-06T18:00:00Z",
        ),
        ("resets at 2026/07/06 10:09", "2026-07-06T08:09:00Z"),
        ("\"resets_at\":1783360000,", "2026-07-06T17:46:40Z"),
        (
            "您的限额将在 2026-07-06 20:30:24 重置。",
            "2026-07-06T18:30:24Z",
        ),
        (
            "It will reset in 2 days 3 hours. To continue using it",
            "2026-07-07T17:20:00Z",
        ),
        ("Please try again in 1m26.4s.", "2026-07-05T14:21:27Z"),
        ("Please try again in 6m0s.", "2026-07-05T14:26:00Z"),
        ("reset after 0.2 seconds", "2026-07-05T14:20:01Z"),
        ("resets in 1.5 hours", "2026-07-05T15:50:00Z"),
        ("resets in 2h30", "2026-07-05T16:50:00Z"),
        ("resets in 2h 30 files", "2026-07-05T16:20:00Z"),
        ("resets in an hour", "2026-07-05T15:20:00Z"),
        ("try again in less than a minute", "2026-07-05T14:21:00Z"),
        ("Please retry in 11h30m5s.", "2026-07-06T01:50:05Z"),
        ("[retrying in ~2 days attempt #1]", "2026-07-07T14:20:00Z"),
        ("resets 5pm (UTC−5)", "2026-07-05T22:00:00Z"),
        ("resets 3pm, Oct 31", "2026-10-31T14:00:00Z"),
        ("resets 3pm Oct 31 (UTC)", "2026-10-31T15:00:00Z"),
        ("resets at midnight", "2026-07-05T22:00:00Z"),
        ("resets at noon (UTC)", "2026-07-06T12:00:00Z"),
        ("your plan renews at 5pm", "2026-07-05T15:00:00Z"),
        ("available again at 5pm (UTC)", "2026-07-05T17:00:00Z"),
    ] {
        check(banner, expected);
    }
}

#[test]
fn a_limits_own_time_goes_before_that_of_the_next_try() {
    check(
        "resets at 2026-07-06 20:30:24\n[retrying in 2h 22m #8]",
        "2026-07-06T18:30:24Z",
    );
}

#[test]
fn no_time_is_ever_invented() {
    for text in [
        "",
        "reset 5 files",
        "resets 17",
        "resets at 5",
        "resets 25:00",
        "resets 12:60",
        "resets 13pm",
        "resets 0am",
        "resets at 10:30:5",
        "resets 10:30%",
        "resets 5pmish",
        "preset 5pm",
        "resetting 5pm",
        "resets in 5",
        "resets in 2 hoursoft",
        "resets after 5 files",
        "resets in one file",
        "resets in a while",
        "resets at 10:30.5",
        "resets 10:30:20.5%",
        "retrying in 9s · attempt 5/10",
        "Retrying in 0.2 seconds...",
        "Your limit resets at 2026-11-23T18:00:0",
        "resets 3pm (UTC−99)",
        "resets at 27.11. 10:09",
        "resets 11/27 at 10am",
        "resets in 99999 weeks",
        "resets Feb 30, 9am",
        "resets Oct 31",
        "resets Octopus 3, 9am",
        "resets at 2026-13-01 10:00",
        "resets at 2026-06-13",
        "resets tomorrow",
        "resets next Monday at 9am",
        "resets 3pm (Mars/Olympus)",
        "resets 3pm (Nowhere)",
        "resets 3pm XYZ",
        "resets 3pm IST",
        "3:40 PM",
        "a|1749924000123456",
        "| 1749924000",
        "try again later",
        "limit has reset · press enter to continue",
    ] {
        assert_eq!(at(text), None, "{text}");
    }
}

#[test]
fn the_last_of_several_counts_and_what_is_no_time_does_not() {
    check(
        "resets 7pm\nresets 9pm (UTC)\nreset 5 files",
        "2026-07-05T21:00:00Z",
    );
    check(
        "resets 5pm (UTC), continuing automatically at 7pm",
        "2026-07-05T17:00:00Z",
    );
    let unknown = "resets 7pm\nresets 9pm (Mars/Olympus)";
    assert_eq!(at(unknown), None, "an older banner is of an older limit");
}

#[test]
fn a_bare_time_is_one_without_a_date_and_without_a_zone() {
    let bare = |text| reset_in(text).unwrap().is_bare();
    assert!(bare("resets 3pm"));
    assert!(bare("resets at 15:00:30"));
    for doubtless in [
        "resets 3pm (UTC)",
        "resets 3pm PST",
        "resets tomorrow at 3pm",
        "resets Monday at 3pm",
        "resets Oct 31, 3pm",
        "resets in 3 hours",
        "limit reached|1749924000",
    ] {
        assert!(!bare(doubtless), "{doubtless}");
    }
}

#[test]
fn a_reset_keeps_its_words_in_one_short_line() {
    let words = |text| reset_in(text).unwrap().text().to_owned();
    assert_eq!(
        words("it │resets at\n│ 3:30  PM (UTC). So"),
        "resets at 3:30 PM (UTC)"
    );
    assert_eq!(words("limit reached|1749924000"), "1749924000");
    let long = "try again in 1h ".to_owned() + &"1h ".repeat(100);
    assert!(words(&long).chars().count() <= 80);
}

#[test]
fn a_date_without_a_year_is_the_next_or_just_past() {
    let at = |seen: &str, text: &str| {
        let reset = reset_in(text).unwrap();
        reset.at(moment(seen), &TimeZone::UTC).unwrap().to_string()
    };
    let date = "resets Oct 31, 9am";
    assert_eq!(at("2026-10-31T08:00:00Z", date), "2026-10-31T09:00:00Z");
    assert_eq!(at("2026-11-01T08:59:59Z", date), "2026-10-31T09:00:00Z");
    assert_eq!(at("2026-11-01T09:00:00Z", date), "2027-10-31T09:00:00Z");
    let new_year = "resets Dec 31, 11pm";
    assert_eq!(at("2027-01-01T00:30:00Z", new_year), "2026-12-31T23:00:00Z");
    assert_eq!(
        at("2026-12-31T22:00:00Z", "resets Jan 1, 1am"),
        "2027-01-01T01:00:00Z"
    );
    assert_eq!(
        at("2097-01-01T00:00:00Z", "resets Feb 29, 1am"),
        "2104-02-29T01:00:00Z"
    );
}

#[test]
fn switches_of_daylight_saving_are_gone_over() {
    let at = |seen: &str, text: &str| {
        let reset = reset_in(text).unwrap();
        reset.at(moment(seen), &berlin()).unwrap().to_string()
    };
    // On 2026-03-29 the clock goes from 02:00 to 03:00, on 2026-10-25 from 03:00 back to 02:00.
    assert_eq!(
        at("2026-03-28T23:00:00Z", "resets 2:30am"),
        "2026-03-29T01:30:00Z"
    );
    assert_eq!(
        at("2026-03-28T23:00:00Z", "resets 4am"),
        "2026-03-29T02:00:00Z"
    );
    assert_eq!(
        at("2026-10-24T22:00:00Z", "resets 2:30am"),
        "2026-10-25T00:30:00Z"
    );
    assert_eq!(
        at("2026-10-24T22:00:00Z", "resets 4am"),
        "2026-10-25T03:00:00Z"
    );
    assert_eq!(
        at("2026-10-24T12:00:00Z", "resets in 24 hours"),
        "2026-10-25T12:00:00Z"
    );
}

#[test]
fn a_name_of_the_readers_own_zone_means_that() {
    let manila = TimeZone::get("Asia/Manila").unwrap();
    let reset = reset_in("resets at 9pm PST").unwrap();
    let at = reset.at(moment(SEEN), &manila).unwrap();
    assert_eq!(at.to_string(), "2026-07-06T13:00:00Z");
}

#[test]
fn zones_are_known_where_the_system_has_no_database() {
    let built_in = jiff::tz::TimeZoneDatabase::bundled();
    assert!(!built_in.is_definitively_empty());
    assert!(built_in.get("Asia/Dhaka").is_ok());
}

fn zones() -> impl Strategy<Value = TimeZone> {
    let names = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Casablanca",
    ];
    let named = prop::sample::select(names.to_vec()).prop_map(|name| TimeZone::get(name).unwrap());
    let fixed = (-14..=14_i8).prop_map(|hours| Offset::constant(hours).to_time_zone());
    prop_oneof![named, fixed]
}

/// From 2020 to 2037.
fn moments() -> impl Strategy<Value = Timestamp> {
    (1_577_836_800_i64..2_145_916_800).prop_map(|second| Timestamp::from_second(second).unwrap())
}

proptest! {
    #[test]
    fn a_bare_time_lies_ahead_and_is_shown_by_the_clock_then(
        seen in moments(), zone in zones(), hour in 0..24_i8, minute in 0..60_i8,
    ) {
        let reset = reset_in(&format!("resets at {hour}:{minute:02}")).unwrap();
        let at = reset.at(seen, &zone).unwrap();
        prop_assert!(at > seen);
        // Two days at a switch: of a time that comes twice, the first may just be over.
        prop_assert!(at.duration_since(seen) <= SignedDuration::from_hours(26));
        let shown = zone.to_datetime(at);
        let asked = shown.date().at(hour, minute, 0, 0);
        // Where the clock leaves that time out, it is as much later.
        let left_out = |day: Date| {
            let asked = day.at(hour, minute, 0, 0);
            let offset = zone.to_ambiguous_timestamp(asked).offset();
            matches!(offset, AmbiguousOffset::Gap { .. })
        };
        let day = shown.date();
        let skipped = left_out(day) || day.yesterday().is_ok_and(left_out);
        prop_assert!(shown == asked || skipped, "{} for {}", shown, asked);
    }

    #[test]
    fn a_time_in_a_zone_is_the_next_that_its_clock_shows(
        seen in moments(), local in zones(), hour in 1..=12_i8, minute in 0..60_i8, pm: bool,
        name in prop::sample::select(vec!["Asia/Dhaka", "America/New_York", "Etc/GMT+5", "UTC"]),
    ) {
        let half = if pm { "PM" } else { "AM" };
        let reset = reset_in(&format!("resets {hour}:{minute:02} {half} ({name})")).unwrap();
        let at = reset.at(seen, &local).unwrap();
        prop_assert!(at > seen);
        let zone = TimeZone::get(name).unwrap();
        let asked = |day: Date| day.at(hour % 12 + if pm { 12 } else { 0 }, minute, 0, 0);
        // No other moment with that time on its clock lies between.
        let today = zone.to_datetime(seen).date();
        let days = [Some(today), today.tomorrow().ok()].into_iter().flatten();
        let moments = days.filter_map(|day| asked(day).to_zoned_datetime(zone.clone()).ok());
        let next = moments.map(|zoned| zoned.timestamp()).find(|moment| *moment > seen);
        prop_assert!(next.is_none_or(|next| next == at), "{:?} for {}", next, at);
    }

    #[test]
    fn a_moment_with_its_offset_is_read_as_it_is(
        at in moments(), seen in moments(), local in zones(), hours in -12..=14_i8, part in 0..1000_u16,
    ) {
        let there = Offset::constant(hours).to_datetime(at);
        let sign = if hours < 0 { '-' } else { '+' };
        let written = there.strftime("%Y-%m-%dT%H:%M:%S");
        let banner = format!("resets at {written}.{part:03}{sign}{:02}:00", hours.abs());
        prop_assert_eq!(reset_in(&banner).unwrap().at(seen, &local), Some(at));
        let banner = format!("limit reached|{}", at.as_second());
        prop_assert_eq!(reset_in(&banner).unwrap().at(seen, &local), Some(at));
    }

    #[test]
    fn a_day_of_the_week_is_the_next_such_day(
        seen in moments(), zone in zones(), weekday in 1..=7_i8, hour in 0..24_i8,
    ) {
        let weekday = jiff::civil::Weekday::from_monday_one_offset(weekday).unwrap();
        let name = jiff::civil::date(2001, 1, 1)
            .series(1.day())
            .find(|day| day.weekday() == weekday)
            .unwrap()
            .strftime("%a");
        let reset = reset_in(&format!("resets {name} {hour}:00")).unwrap();
        let at = reset.at(seen, &zone).unwrap();
        prop_assert!(at > seen);
        prop_assert!(at.duration_since(seen) <= SignedDuration::from_hours(7 * 24 + 26));
        // An hour that is left out is as much later, over midnight too.
        let shown = zone.to_datetime(at).date();
        prop_assert!(shown.weekday() == weekday || shown.yesterday().unwrap().weekday() == weekday);
    }

    #[test]
    fn a_time_in_a_zone_means_the_same_wherever_it_is_read(
        seen in moments(), zone in zones(), hour in 1..=12_i8, minute in 0..60_i8, pm: bool,
    ) {
        let half = if pm { "pm" } else { "am" };
        let reset = reset_in(&format!("resets {hour}:{minute:02}{half} (Asia/Dhaka)")).unwrap();
        prop_assert_eq!(reset.at(seen, &zone), reset.at(seen, &TimeZone::UTC));
    }

    #[test]
    fn a_date_without_a_year_is_less_than_a_day_past(
        seen in moments(), zone in zones(), month in 1..=12_i8, day in 1..=28_i8, hour in 0..24_i8,
    ) {
        let name = jiff::civil::date(2000, month, 1).strftime("%b").to_string();
        let reset = reset_in(&format!("resets {name} {day}, {hour}:00")).unwrap();
        let at = reset.at(seen, &zone).unwrap();
        let ahead = at.duration_since(seen);
        prop_assert!(ahead > SignedDuration::from_hours(-24));
        prop_assert!(ahead < SignedDuration::from_hours(367 * 24));
    }

    #[test]
    fn a_duration_ends_when_it_says(seen in moments(), zone in zones(), hours in 0..900_i64, minutes in 0..60_i64) {
        let reset = reset_in(&format!("Try again in {hours}h {minutes}m")).unwrap();
        let ahead = reset.at(seen, &zone).unwrap().duration_since(seen);
        prop_assert_eq!(ahead, SignedDuration::from_mins(hours * 60 + minutes));
    }

    #[test]
    fn no_text_makes_it_panic(
        text in "(resets?|try again|limit reached\\|)?( at| in| after)? ?([0-9]{1,11}|[:/,. ()+-]|[ap]m|oct|mon|utc|tomorrow|[A-Za-z]{1,5}|\\PC){0,9}",
        seen in any::<i64>(), zone in zones(),
    ) {
        let seen = Timestamp::from_second(seen % 250_000_000_000).unwrap();
        if let Some(reset) = reset_in(&text) {
            let _ = reset.at(seen, &zone);
            let written = serde_json::to_string(&reset).unwrap();
            prop_assert_eq!(serde_json::from_str::<Reset>(&written).unwrap(), reset);
        }
    }
}

#[test]
fn a_banner_that_is_left_standing_names_the_time_that_has_just_passed() {
    let reset = reset_in("resets 12:49pm (UTC)").expect("a time");
    let named = |seen: &str| {
        let at = reset.named(seen.parse().expect("a time"), &TimeZone::UTC);
        at.expect("a moment").to_string()
    };
    for seen in [
        "2026-11-23T09:00:00Z",
        "2026-11-23T12:49:41Z",
        "2026-11-23T13:48:59Z",
    ] {
        assert_eq!(named(seen), "2026-11-23T12:49:00Z", "{seen}");
    }
    assert_eq!(named("2026-11-23T13:50:00Z"), "2026-11-24T12:49:00Z");
    let dated = reset_in("resets Nov 23, 12:49pm (UTC)").expect("a time");
    let seen = "2026-11-23T23:00:00Z".parse().expect("a time");
    let at = dated.named(seen, &TimeZone::UTC).expect("a moment");
    assert_eq!(at.to_string(), "2026-11-23T12:49:00Z");
}
