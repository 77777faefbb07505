//! How fast the supervisor goes through nights of a fleet: agent-hours for each second of CPU time,
//! with the simulated world around it counted in.
//!
//! `cargo bench --bench nights [-- NIGHTS]`. It fails below the figure that has to hold.
#![allow(
    clippy::disallowed_methods,
    dead_code,
    reason = "a bench is at the edge, and uses a part of what the simulator has"
)]

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

#[path = "../tests/sim/chance.rs"]
mod chance;
#[path = "../tests/sim/check/mod.rs"]
mod check;
#[path = "../tests/sim/clock.rs"]
mod clock;
#[path = "../tests/sim/faults.rs"]
mod faults;
#[path = "../tests/sim/queue.rs"]
mod queue;
#[path = "../tests/sim/twin.rs"]
mod twin;
#[path = "../tests/sim/world/mod.rs"]
mod world;

use world::{NIGHT, UNITS, World};

/// Agent-hours for each second of CPU time, at least.
const LEAST: f64 = 1000.0;

/// How many nights are played if nobody says otherwise.
const NIGHTS: u64 = 100;

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID);
    now.expect("every process has a CPU clock").into()
}

fn main() {
    let nights = std::env::args().find_map(|argument| argument.parse().ok());
    let nights: u64 = nights.unwrap_or(NIGHTS);
    let began = cpu_time();
    let mut steps = 0;
    for seed in 1..=nights {
        let mut world = World::new(seed, None, false);
        world.play();
        assert!(
            world.violation.is_none(),
            "seed {seed}: {:?}",
            world.violation
        );
        steps += world.steps;
    }
    let took = (cpu_time() - began).as_secs_f64();
    let units = u32::try_from(UNITS).expect("few agents");
    let nights_count = f64::from(u32::try_from(nights).expect("few nights"));
    let hours = nights_count * f64::from(units) * NIGHT.as_secs_f64() / 3600.0;
    let speed = hours / took;
    println!("{nights} nights of {units} agents: {hours:.0} agent-hours in {steps} steps");
    println!(
        "{took:.2} s of CPU time: {speed:.0} agent-hours for each second, at least {LEAST:.0}"
    );
    assert!(speed >= LEAST, "too slow");
}
