//! The nights that are played, and what they have to show.
#![allow(
    clippy::disallowed_methods,
    reason = "tests are the edge: their options come from the environment"
)]

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ao::supervise::Mutant;

use crate::faults::{Counts, Kind};
use crate::twin::Twin;
use crate::world::{UNITS, Violation, World};

/// How many nights the ordinary run has.
pub(crate) const NIGHTS: u64 = 500;

/// How many nights are played with a second machine beside the first.
const TWINS: u64 = 4;

/// Of so many nights each kind of fault must be met in one.
const RARE: u64 = 5;

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}

/// What a seed's night comes to, if a rule is broken in it: played again, with its steps.
pub(crate) fn story(seed: u64, mutant: Option<Mutant>) -> String {
    let mut world = World::new(seed, mutant, true);
    world.play();
    let violation = world.violation.as_ref();
    let what = violation.map_or("nothing, the second time", |violation| &violation.what);
    let rule = violation.map(|violation| violation.rule);
    format!(
        "seed {seed} breaks {rule:?}: {what}\nits last steps:\n{}",
        world.story()
    )
}

/// Plays these nights on all cores.
fn play(seeds: impl Iterator<Item = u64> + Send) -> (Counts, Counts, Vec<(u64, Violation)>) {
    let seeds = Mutex::new(seeds);
    let results = Mutex::new((Counts::default(), Counts::default(), Vec::new()));
    let steps = AtomicU64::new(0);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = seeds.lock().expect("nobody panics with it").next();
                    let Some(seed) = seed else { break };
                    let mut world = World::new(seed, None, false);
                    world.play();
                    steps.fetch_add(world.steps, Ordering::Relaxed);
                    let mut results = results.lock().expect("nobody panics with it");
                    results.0.add_night(&world.counts);
                    results.1.add(&world.counts);
                    results
                        .2
                        .extend(world.violation.map(|violation| (seed, violation)));
                }
            });
        }
    });
    let steps = steps.load(Ordering::Relaxed);
    println!("{steps} steps of fleets of {UNITS}");
    results.into_inner().expect("nobody panicked with it")
}

fn table(nights: &Counts, all: &Counts) -> String {
    let mut table = String::new();
    for kind in Kind::ALL {
        let _ = writeln!(
            table,
            "{:>6} nights {:>7} times  {kind:?}",
            nights.of(kind),
            all.of(kind)
        );
    }
    table
}

#[test]
fn nights_of_a_fleet_with_every_fault_break_no_rule() {
    if let Some(seed) = variable("AO_SIM_SEED") {
        let mut world = World::new(seed, None, false);
        world.play();
        assert!(world.violation.is_none(), "{}", story(seed, None));
        return;
    }
    let count = variable("AO_SIM_SEEDS").unwrap_or(NIGHTS);
    let (nights, all, mut broken) = play(1..=count);
    println!("{}", table(&nights, &all));
    broken.sort_unstable_by_key(|(seed, _)| *seed);
    if let Some((first, _)) = broken.first() {
        let mut all = String::new();
        for (seed, violation) in &broken {
            let _ = writeln!(all, "seed {seed}: {:?}: {}", violation.rule, violation.what);
        }
        panic!(
            "{}\n{all}{} of {count} nights break a rule\nAO_SIM_SEED={first} plays the first alone",
            story(*first, None),
            broken.len(),
        );
    }
    for kind in Kind::ALL {
        let met = u64::from(nights.of(kind));
        assert!(
            count < NIGHTS || met >= count / RARE,
            "{kind:?} was met in {met} of {count} nights only:\n{}",
            table(&nights, &all)
        );
    }
}

#[test]
fn a_machine_out_of_the_journal_decides_as_the_first_one_did() {
    for seed in 1..=TWINS {
        let mut world = World::new(seed, None, false);
        world.twin = Some(Twin::default());
        world.play();
        assert!(world.steps > 0);
    }
}
