//! What differs between systems, and nothing else: processes and their ends, the parent-death
//! signal, sessions, the peer of a socket, file watching, where things lie, limits.
//!
//! Linux comes first: pushed by the kernel where it can push. Beside each part that needs it
//! stands a portable fallback, used on other systems and, with the feature `portable`, on Linux
//! too, so that it is compiled and tested there.
#![allow(
    clippy::disallowed_methods,
    reason = "an edge room: it asks the system about files, processes and the environment for the others"
)]

pub mod boot;
pub mod install;
pub mod limits;
pub mod parent;
pub mod peer;
pub mod place;
pub mod process;
pub mod session;
pub mod watch;
pub mod zone;

#[cfg(test)]
mod tests;
