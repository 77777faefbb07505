//! The one loop that joins the rooms.
