//! Whole nights of a fleet, played in simulated time with every fault thrown at the supervisor.
//!
//! A seed makes a night: ten agents and services, a policy, a date, and what goes wrong when.
//! [`world`] plays it around the real [`ao::supervise::Supervisor`]; [`check`] holds each act against
//! what is true. [`mutants`] breaks the rules one by one, to see that this notices. A seed that breaks
//! a rule is played again with its last steps written down. [`twin`] plays some nights with a second
//! machine out of the journal.
//!
//! - `AO_SIM_SEEDS=5000`: so many nights instead of the ordinary number.
//! - `AO_SIM_SEED=7`: this night alone.

mod chance;
mod check;
mod clock;
mod faults;
mod queue;
mod twin;
mod world;

mod inputs;
mod mutants;
mod nights;
