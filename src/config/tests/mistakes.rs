//! What is wrong is told where it is, all at once, and keeps only that from coming up.

use super::super::diagnostic::Reach;
use super::super::names::AgentName;
use super::*;

const BACKEND: &str = "[backend.c]\nbin = \"claude\"\n";

/// A config of the least keys, a backend, and `rest`, whose first line is line 5.
fn with(rest: &str) -> String {
    format!("{BASICS}{BACKEND}{rest}")
}

#[test]
fn dump() {
    for text in [
        with("[[agent]]\nname = \"a\"\nbackend = \"d\"\nwatch = \"heel\"\npromt = \"x\"\n"),
        with(
            "[[agent]]\nbackend=\"c\"\n[[agent]]\nname=\"\"\nbackend=\"c\"\n[[service]]\nname=\"s\"\n",
        ),
    ] {
        println!("{}", rendered(&load(&text).diagnostics));
    }
}
