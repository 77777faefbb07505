//! A program over ao's own connection, and a model that is seeded and fed as the daemon's are.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use ao::screen::{Cursor, Screen, Seed, Size};
use ao::tmux::{self, PaneId, Snapshot, Tap};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::rig::{Client, DEADLINE, Heard, Rig};
use crate::screen_model::{Model, shown};
use crate::screen_oracle::Shown;
use crate::screen_program::{line, text};

/// What is known of the pane under test.
struct State {
    model: Model,
    /// No snapshot has told yet what the pane shows since it began, changed its size or had a gap.
    stale: bool,
    /// How much was written.
    written: usize,
    /// How many snapshots came, and how many of them the model was compared with.
    snapshots: usize,
    compared: usize,
    /// What the last one showed, and how much had been written then.
    last: (Option<Shown>, usize),
    differences: Vec<String>,
}

/// A tap that feeds a model, and compares it with each snapshot.
#[derive(Clone)]
struct Watch(Arc<(Mutex<State>, Notify)>);

impl Watch {
    fn new() -> Self {
        let state = State {
            model: Model::new(Size { cols: 80, rows: 24 }),
            stale: true,
            written: 0,
            snapshots: 0,
            compared: 0,
            last: (None, 0),
            differences: Vec::new(),
        };
        Self(Arc::new((Mutex::new(state), Notify::new())))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.0.1.notify_waiters();
    }

    /// Waits until the state is as `wanted`; false if it never is.
    pub(crate) async fn until(&self, wanted: impl Fn(&State) -> bool) -> bool {
        let wait = async {
            loop {
                let told = self.0.1.notified();
                tokio::pin!(told);
                told.as_mut().enable();
                if wanted(&self.state()) {
                    return;
                }
                told.await;
            }
        };
        timeout(DEADLINE, wait).await.is_ok()
    }
}

impl Tap for Watch {
    fn output(&mut self, _: PaneId, bytes: &[u8]) {
        self.change(|state| {
            state.written += bytes.len();
            state.model.screen.feed(bytes);
        });
    }

    fn gap(&mut self, _: PaneId) {
        self.change(|state| state.stale = true);
    }

    fn refill(&mut self, _: PaneId, _: &[Vec<u8>]) {}

    fn seed(&mut self, _: PaneId, snapshot: Snapshot) {
        self.change(|state| {
            let tmux = told(&snapshot);
            if !state.stale {
                let before = shown(&state.model.screen);
                state.note("fed", &tmux, before);
                state.compared += 1;
            }
            state.model.screen.seed(&Seed::from(snapshot));
            let after = shown(&state.model.screen);
            state.note("seeded", &tmux, after);
            state.stale = false;
            state.snapshots += 1;
            state.last = (Some(tmux), state.written);
        });
    }

    fn resized(&mut self, _: PaneId, cols: u16, rows: u16) {
        self.change(|state| {
            state.model.screen.resize(Size { cols, rows });
            state.stale = true;
        });
    }

    fn settled(&mut self) {}
}

impl State {
    fn note(&mut self, how: &str, tmux: &Shown, mut model: Shown) {
        // A snapshot does not tell which cells were erased with a colour, on which this depends.
        model.lines = tmux.lines.clone();
        if let Err(what) = tmux.agrees(&model) {
            self.differences.push(format!("{how}:\n{what}"));
        }
    }
}

/// What a snapshot shows.
fn told(snapshot: &Snapshot) -> Shown {
    let rows = snapshot.rows.iter().map(|row| {
        let row = String::from_utf8(row.clone()).unwrap();
        row.trim_end_matches(' ').to_owned()
    });
    Shown {
        size: Size {
            cols: snapshot.size.0,
            rows: snapshot.size.1,
        },
        cursor: Cursor {
            // tmux leaves it beyond the edge where a pane becomes narrower while it shows the
            // alternate screen.
            x: snapshot.cursor.0.min(snapshot.size.0),
            y: snapshot.cursor.1,
        },
        alternate: snapshot.main.is_some(),
        title: snapshot.title.clone(),
        rows: rows.collect(),
        lines: Vec::new(),
    }
}

/// The server goes when the test does, however that ends.
const CONFIG: &str = "
set -g default-terminal screen-256color
set -g exit-unattached on
";

/// A program at work over ao's connection.
pub(crate) struct Live {
    rig: Rig,
    client: Client,
    watch: Watch,
    pane: PaneId,
    name: String,
}

impl Live {
    pub(crate) async fn start(program: &str) -> Self {
        let rig = Rig::with_config(CONFIG);
        let watch = Watch::new();
        let (connection, events) =
            tmux::connect(rig.server(), rig.options(), Box::new(watch.clone()));
        let mut client = Client {
            connection,
            events,
            heard: Heard::default(),
        };
        client.up().await;
        let dir = rig.path("work");
        std::fs::create_dir(&dir).unwrap();
        text(&dir);
        let line = line(&dir, "screen-256color", program);
        let spec = rig.start("a", &["sh", "-c", &line]);
        let pane = client.connection.start(&spec).await.unwrap().pane;
        Self {
            rig,
            client,
            watch,
            pane,
            name: program.to_owned(),
        }
    }

    /// What tmux answers for a format.
    pub(crate) async fn ask(&self, format: &str) -> String {
        let pane = self.pane.to_string();
        let args = ["display-message", "-p", "-t", &pane, format];
        self.rig.tmux(&args).await.trim_end().to_owned()
    }

    /// Begins with another model, which the next snapshot seeds.
    pub(crate) fn restart(&self, screen: Screen) {
        let mut state = self.watch.state();
        state.model.screen = screen;
        state.stale = true;
    }

    /// How much was written until now, in bytes.
    pub(crate) fn written(&self) -> usize {
        self.watch.state().written
    }

    /// Waits until so much was written.
    pub(crate) async fn wrote(&self, bytes: usize) {
        let wrote = self.watch.until(|state| state.written >= bytes).await;
        assert!(wrote, "{}: not written", self.name);
    }

    /// What differed since the last call.
    pub(crate) fn differences(&self) -> Vec<String> {
        std::mem::take(&mut self.watch.state().differences)
    }

    /// Waits for another snapshot.
    pub(crate) async fn snapshot(&self) {
        let before = self.watch.state().snapshots;
        self.client.connection.seed(self.pane);
        let came = self.watch.until(|state| state.snapshots > before).await;
        assert!(came, "{}: no snapshot", self.name);
    }

    /// Asks for snapshots as the program writes, until one is as `wanted`.
    pub(crate) async fn until(&self, wanted: impl Fn(&Shown) -> bool) -> &Self {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let before = self.watch.state().snapshots;
            self.snapshot().await;
            let (shown, written) = self.watch.state().last.clone();
            let shown = shown.unwrap();
            if wanted(&shown) {
                return self;
            }
            let news = |state: &State| state.written > written || state.snapshots > before + 1;
            let came = self.watch.until(news).await && Instant::now() < deadline;
            assert!(came, "{} is stuck: {:#?}", self.name, shown.rows);
        }
    }

    pub(crate) async fn shows(&self, text: &str) -> &Self {
        self.until(|shown| shown.rows.iter().any(|row| row.contains(text)))
            .await
    }

    pub(crate) async fn tmux(&self, args: &[&str]) -> &Self {
        let pane = self.pane.to_string();
        let args: Vec<&str> = args
            .iter()
            .map(|arg| if *arg == "PANE" { &pane } else { *arg })
            .collect();
        self.rig.tmux(&args).await;
        self
    }

    pub(crate) async fn types(&self, keys: &str) -> &Self {
        self.tmux(&["send-keys", "-l", "-t", "PANE", "--", keys])
            .await
    }

    /// Another size, until tmux tells it.
    pub(crate) async fn resize(&self, cols: u16, rows: u16) -> &Self {
        let (x, y) = (cols.to_string(), rows.to_string());
        self.tmux(&["resize-window", "-t", "PANE", "-x", &x, "-y", &y])
            .await;
        self.until(|shown| (shown.size.cols, shown.size.rows) == (cols, rows))
            .await
    }

    /// Another size, until the program has begun to draw itself anew: keys are lost before.
    pub(crate) async fn resize_and_draw(&self, cols: u16, rows: u16) -> &Self {
        let before = self.watch.state().written;
        self.resize(cols, rows).await;
        let drawn = self.watch.until(|state| state.written > before).await;
        assert!(drawn, "{} is not drawn", self.name);
        self
    }

    /// Says how much was compared, which must be something and never differ.
    pub(crate) fn end(self) {
        let name = &self.name;
        let (differences, compared) = {
            let mut state = self.watch.state();
            (std::mem::take(&mut state.differences), state.compared)
        };
        assert!(differences.is_empty(), "{name}: {}", differences.join("\n"));
        assert!(compared > 5, "{name}: compared {compared} times");
        eprintln!("{name}: {compared} moments");
    }
}
