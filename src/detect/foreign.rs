//! A pane that runs another agent than it should.

/// Whether a pane's command is the `process_name` of another backend than its own. A shell, a
/// program that no backend names, and a backend that names no process of its own are no mistake.
pub fn foreign_program<'n>(
    command: &str,
    own: Option<&str>,
    mut others: impl Iterator<Item = &'n str>,
) -> bool {
    own.is_some_and(|own| own != command) && others.any(|other| other == command)
}
