//! Pings that were not typed before their phase ended.

use super::play::{looped, name, screen};
use super::*;

/// A builder that works, so that a ping to it waits, in the first of these phases.
fn with_a_ping_that_waits(phases: &[&str]) -> (Play, SequenceFiles) {
    let mut play = Play::of(FleetSpec {
        units: vec![looped("builder"), looped("adversary")],
        sequence: Some(SequenceSpec {
            phases: phases.iter().map(ToString::to_string).collect(),
            auto_advance: true,
            ..SequenceSpec::default()
        }),
        handoff: Some(HandoffSpec {
            place: "here".to_owned(),
            claim_pings: name("adversary"),
            review_pings: name("builder"),
            inboxes: [None, None],
        }),
    });
    let files = SequenceFiles {
        index: Some(0),
        done: vec![Done::No; phases.len()],
        digests: vec![0; phases.len()],
        ..SequenceFiles::default()
    };
    play.tell(Input::Sequence(files.clone()));
    play.ask(Ask::Up(None));
    play.start_works("builder");
    play.start_works("adversary");
    play.shows("builder", screen(Showing::Working));
    let head = |head: &str| Remote {
        head: head.to_owned(),
        ..Remote::default()
    };
    play.fetched(Ok(head("one")));
    play.wait(60);
    play.fetched(Ok(Remote {
        reviews: vec!["review: all of it".to_owned()],
        ..head("two")
    }));
    assert_eq!(play.unit("builder").letters(), 1, "it waits");
    (play, files)
}

fn is_withdrawn(play: &Play) -> bool {
    play.announced(|fact| {
        matches!(
            fact,
            Fact::Post {
                unit,
                purpose: Purpose::Ping,
                post: Post::Withdrawn,
                ..
            } if unit.as_str() == "builder"
        )
    })
}

#[test]
fn who_begins_a_phase_is_not_pinged_about_the_one_before() {
    let (mut play, mut files) = with_a_ping_that_waits(&["one", "two"]);
    files.done[0] = Done::Yes;
    play.tell(Input::Sequence(files));
    play.written(Ok(()));
    assert!(is_withdrawn(&play));
    assert_eq!(play.unit("builder").letters(), 0);
}

#[test]
fn nothing_waits_for_who_has_no_phase_left() {
    let (mut play, mut files) = with_a_ping_that_waits(&["one"]);
    files.done[0] = Done::Yes;
    play.tell(Input::Sequence(files));
    play.written(Ok(()));
    assert!(is_withdrawn(&play));
    assert_eq!(play.unit("builder").letters(), 0);
}
