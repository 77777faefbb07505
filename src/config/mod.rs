//! What should run: `agents.toml`, read, resolved and checked.
