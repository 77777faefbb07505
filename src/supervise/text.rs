//! The sentences that ao types. The marks in front, the inbox's path and that it is to be deleted
//! are what prompts of people's own look for.

/// Asks an agent whether its usage limit is over.
pub(super) fn probe(resident: bool) -> String {
    let what = if resident {
        "carry on where you were interrupted: look at the current status first."
    } else {
        "carry on with your loop: pull, read the STATUS and REVIEW files of your phase again, and \
         keep your usual pace."
    };
    format!("watchdog probe: if your usage limit has been reset, {what}")
}

/// Speaks to an agent that has been silent for long.
pub(super) fn nudge() -> String {
    "watchdog ping: nothing has happened here for a while. If you are waiting for something, say \
     WAITING-UNTIL: with a time (RFC 3339); otherwise go on with your work."
        .to_owned()
}

/// Tells of a claim.
pub(super) fn claim() -> String {
    "watchdog ping: a CLAIM was pushed by the other side. Pull, and verify what it claims now."
        .to_owned()
}

/// Tells of a review.
pub(super) fn review() -> String {
    "watchdog ping: a review was pushed by the other side. Pull, read it, and act on its verdict."
        .to_owned()
}

/// Tells of a file in an inbox.
pub(super) fn inbox(path: &str) -> String {
    format!(
        "watchdog ping: the other side left {path} for you. Pull, read it and act on it; then \
         delete the file, commit and push, so that it counts as read."
    )
}
