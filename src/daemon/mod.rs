//! The one loop that joins the rooms.
#![allow(
    clippy::disallowed_methods,
    reason = "an edge room: it joins the pure ones to the system"
)]

pub mod client;
pub mod lock;
pub mod logs;
pub mod place;
pub mod store;
pub mod wire;
