//! The one loop that joins the rooms.

pub mod wire;
