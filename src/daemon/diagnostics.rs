//! Where the daemon's own words go: into the watchdog's log, and to stderr for who looks on.

use std::io::{self, Write};
use std::sync::Mutex;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::logs::PaneLog;

/// What the daemon says, and to whom beside its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// What is said, in the syntax of `AO_LOG` (`info`, `ao::tmux=debug`).
    pub filter: String,
    /// Whether it goes to stderr too.
    pub stderr: bool,
}

/// Starts it, for the whole process. What was started before stays.
pub(super) fn start(voice: &Voice, log: PaneLog) {
    let to_log = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .with_writer(Mutex::new(LogFile(log)))
        .with_filter(EnvFilter::new(&voice.filter));
    let to_stderr = voice.stderr.then(|| {
        tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_target(false)
            .with_writer(io::stderr)
            .with_filter(EnvFilter::new(&voice.filter))
    });
    let _ = tracing_subscriber::registry()
        .with(to_log)
        .with(to_stderr)
        .try_init();
}

struct LogFile(PaneLog);

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
