//! Facts and time become decisions. Pure: no IO, no clock, no async.
