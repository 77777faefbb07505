//! A real program in a pane, and the model beside it; what programs of the tests work on.

use std::path::Path;
use std::time::Instant;

use ao::screen::Size;
use ao::tmux::PaneId;
use tmux_control::quote;

use crate::rig::DEADLINE;
use crate::screen_model::Model;
use crate::screen_oracle::{Oracle, Shown};
use crate::screen_stream::Stream;

/// The usual size.
const SIZE: Size = Size { cols: 80, rows: 24 };

/// What is shown when a program has ended.
const ENDED: &str = "(it has ended)";

/// A program at work.
pub(crate) struct Program {
    oracle: Oracle,
    name: String,
    pane: PaneId,
    model: Model,
    written: Vec<u8>,
    moments: usize,
}

impl Program {
    /// Starts a shell line in a directory that `prepare` filled.
    pub(crate) fn start(term: &str, shell: &str, prepare: impl FnOnce(&Path)) -> Self {
        let program = shell.split(' ').next().unwrap();
        require(program);
        let mut oracle = Oracle::new();
        let dir = oracle.rig().path("work");
        std::fs::create_dir(&dir).unwrap();
        prepare(&dir);
        let line = line(&dir, term, shell);
        let pane = oracle.start(SIZE, &line);
        Self {
            oracle,
            name: format!("{shell} ({term})"),
            pane,
            model: Model::new(SIZE),
            written: Vec::new(),
            moments: 0,
        }
    }

    /// Compares the model with what tmux shows.
    pub(crate) fn look(&mut self) -> Shown {
        let Self {
            pane,
            model,
            written,
            ..
        } = self;
        let tmux = self.oracle.look(*pane, |output| {
            model.screen.feed(output.of(*pane));
            written.extend_from_slice(output.of(*pane));
        });
        self.moments += 1;
        if let Err(what) = model.difference(&tmux) {
            let file = std::env::temp_dir().join(format!("ao-screen-{}", std::process::id()));
            std::fs::write(&file, &written).unwrap();
            panic!("{}, which wrote {}:\n{what}", self.name, file.display());
        }
        tmux
    }

    /// Compares after each piece that the program writes, until what it shows is as `wanted`.
    pub(crate) fn until(&mut self, wanted: impl Fn(&Shown) -> bool) -> &mut Self {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let shown = self.look();
            if wanted(&shown) {
                return self;
            }
            let Self {
                pane,
                model,
                written,
                ..
            } = self;
            let heard = self.oracle.try_wait(|output| {
                model.screen.feed(output.of(*pane));
                written.extend_from_slice(output.of(*pane));
            });
            let late = !heard || Instant::now() > deadline;
            assert!(!late, "{} is stuck: {:#?}", self.name, shown.rows);
        }
    }

    /// Until this text is seen.
    pub(crate) fn shows(&mut self, text: &str) -> &mut Self {
        self.until(|shown| shown.lines.iter().any(|line| line.contains(text)))
    }

    /// Until this text is gone.
    pub(crate) fn hides(&mut self, text: &str) -> &mut Self {
        self.until(|shown| !shown.lines.iter().any(|line| line.contains(text)))
    }

    /// Until the program has ended.
    pub(crate) fn ends(&mut self) -> &mut Self {
        self.shows(ENDED)
    }

    /// Presses keys, by tmux's names.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        let line = format!("send-keys -t {} {keys}", self.pane);
        self.send(&line)
    }

    /// Types text.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        let text = String::from_utf8(quote(text.as_bytes()).unwrap()).unwrap();
        let line = format!("send-keys -l -t {} -- {text}", self.pane);
        self.send(&line)
    }

    /// Plays what it wrote again in many small pieces: programs write much at once, and each moment
    /// in between counts.
    fn replay(&mut self) {
        const MOMENTS: usize = 120;
        let piece = self.written.len().div_ceil(MOMENTS).max(1);
        let Size { cols, rows } = SIZE;
        let stream = Stream::new((cols, rows), self.written.chunks(piece));
        let played = stream.play(&mut self.oracle);
        played.unwrap_or_else(|story| panic!("{}, played again: {story}", self.name));
        self.moments += stream.pieces.len();
        eprintln!(
            "{}: {} moments, {} bytes",
            self.name,
            self.moments,
            self.written.len()
        );
    }

    fn send(&mut self, line: &str) -> &mut Self {
        let Self {
            pane,
            model,
            written,
            ..
        } = self;
        self.oracle.ask(line, 1, |output| {
            model.screen.feed(output.of(*pane));
            written.extend_from_slice(output.of(*pane));
        });
        self
    }
}

/// The shell line of a program that runs in a directory, as this kind of terminal.
pub(crate) fn line(dir: &Path, term: &str, program: &str) -> String {
    let dir = dir.display();
    // Ctrl-C ends the program alone. Nothing of the person who runs the tests shows.
    format!(
        "trap : INT; cd {dir}; export HOME={dir} TERM={term} LC_ALL=C.UTF-8; \
         unset LESS LESSOPEN TMUX VIMINIT GIT_PAGER PAGER; \
         {program}; printf '%s' '{ENDED}'; exec sleep 100000"
    )
}

/// Says what is to be done when a program of the tests is missing.
fn require(program: &str) {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).any(|dir| dir.join(program).is_file());
    assert!(found, "{program} is missing\nhint: sh .ci/install tests");
}

/// Runs a test of a program as both kinds of terminal.
pub(crate) fn under_both(shell: &str, prepare: impl Fn(&Path), act: impl Fn(&mut Program)) {
    for term in ["screen-256color", "xterm-256color"] {
        let mut program = Program::start(term, shell, &prepare);
        act(&mut program);
        program.replay();
    }
}

/// A text with all that is hard: long lines, wide and combining characters, tabs, colours.
pub(crate) fn text(dir: &Path) {
    let mut text = String::new();
    for number in 1..=120 {
        text += &match number % 8 {
            0 => format!("{number}\ta tab\tand\tmore\n"),
            1 => {
                format!("{number} 日本語のテキスト、全角の文字。한국어 텍스트도 있다. 中文也有。\n")
            }
            2 => format!(
                "{number} {}end of a long line\n",
                "long words that go on ".repeat(9)
            ),
            3 => format!("{number} emoji 😀 🎉 👍🏽 and text\n"),
            4 => format!("{number} e\u{301}te\u{301} nai\u{308}ve Zoe\u{308} ﬁn\n"),
            5 => format!("{number} {}\n", "宽".repeat(60)),
            6 => "\n".to_owned(),
            _ => format!("{number} plain text ─│┌┐└┘█▓▒░ ⠋⠙⠹ → … needle{number}\n"),
        };
    }
    std::fs::write(dir.join("text"), text).unwrap();
}
