//! Real programs under their real terminal: the model is fed with what tmux tells ao, and shows what
//! tmux shows after each piece of it.
//!
//! Every program runs as two kinds of terminal: as tmux's own, and as an xterm, whose sequences
//! those write that do not ask.

use std::path::Path;
use std::process::Command;
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
struct Program {
    oracle: Oracle,
    name: String,
    pane: PaneId,
    model: Model,
    written: Vec<u8>,
    moments: usize,
}

impl Program {
    /// Starts a shell line in a directory that `prepare` filled.
    fn start(term: &str, shell: &str, prepare: impl FnOnce(&Path)) -> Self {
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
    fn look(&mut self) -> Shown {
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
    fn until(&mut self, wanted: impl Fn(&Shown) -> bool) -> &mut Self {
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
    fn shows(&mut self, text: &str) -> &mut Self {
        self.until(|shown| shown.lines.iter().any(|line| line.contains(text)))
    }

    /// Until this text is gone.
    fn hides(&mut self, text: &str) -> &mut Self {
        self.until(|shown| !shown.lines.iter().any(|line| line.contains(text)))
    }

    /// Until the program has ended.
    fn ends(&mut self) -> &mut Self {
        self.shows(ENDED)
    }

    /// Presses keys, by tmux's names.
    fn press(&mut self, keys: &str) -> &mut Self {
        let line = format!("send-keys -t {} {keys}", self.pane);
        self.send(&line)
    }

    /// Types text.
    fn types(&mut self, text: &str) -> &mut Self {
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
fn under_both(shell: &str, prepare: impl Fn(&Path), act: impl Fn(&mut Program)) {
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

fn nothing(_: &Path) {}

#[test]
fn vim_shows_what_tmux_shows() {
    under_both("vim -u NONE -i NONE -N -n text", text, |vim| {
        vim.shows("plain text").types("G").shows("120");
        vim.types("gg/needle47\n").shows("needle47");
        vim.types("zt").until(|shown| shown.cursor.y == 0);
        vim.types(":set number\n")
            .shows(" 47 ")
            .types(":split\n")
            .shows("text  ");
        vim.types("ddp")
            .types("10\x05")
            .types("iinserted 日本語 text\x1b")
            .shows("inserted 日本語");
        vim.types(":vsplit\n")
            .types("\x17w\x17w")
            .types(":set nowrap\n")
            .types("40|")
            .types("zs");
        vim.types(":only\n").types("ggVGd").shows("--No lines");
        vim.types("ofresh\x1byyp9pkkJJ").shows("fresh fresh fresh");
        vim.types("5.u\x12xxp:s/f/FF/g\n").shows("FF");
        vim.types(":!echo from the shell\n")
            .shows("Press ENTER")
            .types("\n")
            .hides("Press ENTER");
        vim.types(":q!\n").ends();
    });
}

#[test]
fn less_shows_what_tmux_shows() {
    under_both("less text", text, |less| {
        less.shows("plain text")
            .types(" ")
            .shows("needle23")
            .types("b")
            .shows("2 long words");
        less.types("G")
            .shows("(END)")
            .types("yyyykkkk")
            .types("g")
            .shows("2 long words");
        less.types("jjjj")
            .types("/needle47\n")
            .shows("needle47")
            .types("nnN")
            .types("-S\n")
            .types("\x1b[C\x1b[C");
        less.types("\x1b[D")
            .types("50%")
            .types("-N\n")
            .shows("     60")
            .types("h")
            .shows("SUMMARY")
            .types("q")
            .hides("SUMMARY");
        less.types("&plain\n").types("q").ends();
    });
}

#[test]
fn nano_shows_what_tmux_shows() {
    under_both("nano -I text", text, |nano| {
        nano.shows("GNU nano")
            .types("a few words ")
            .shows("a few words 1");
        nano.press("C-v")
            .press("C-v")
            .press("C-y")
            .press("C-w")
            .shows("Search");
        nano.types("needle47")
            .press("Enter")
            .hides("Search")
            .shows("needle47");
        nano.press("C-k")
            .press("C-k")
            .press("C-u")
            .types("日本語 e\u{301} 😀")
            .shows("日本語");
        nano.press("C-e")
            .types(&" filling".repeat(14))
            .press("M-\\$");
        nano.press("C-g")
            .shows("Main nano help")
            .press("C-x")
            .hides("Main nano help");
        nano.press("C-x").shows("Save modified").types("n").ends();
    });
}

#[test]
fn htop_shows_what_tmux_shows() {
    under_both("htop -d 5", nothing, |htop| {
        htop.shows("Load average")
            .press("Down")
            .press("Down")
            .press("F5")
            .shows("F5List");
        htop.press("F1")
            .shows("Released under")
            .types("q")
            .hides("Released under");
        htop.press("F2")
            .shows("Display options")
            .press("Down")
            .press("Right")
            .press("F10")
            .hides("Display options");
        htop.press("F3")
            .types("init")
            .shows("Search: init")
            .press("Enter")
            .hides("Search: init");
        htop.press("F6")
            .shows("PERCENT_CPU")
            .press("Enter")
            .hides("PERCENT_CPU")
            .types("q")
            .ends();
    });
}

#[test]
fn top_shows_what_tmux_shows() {
    under_both("top -d 0.3", nothing, |top| {
        // It takes keys that come at once for one that it does not know.
        top.shows("load average")
            .types("1")
            .shows("%Cpu0")
            .types("h")
            .shows("Help for");
        top.types("q").shows("load average").types("z");
        for _ in 0..4 {
            let first = top.look().rows.clone();
            top.until(|shown| shown.rows != first);
        }
        top.types("f")
            .shows("Fields Management")
            .types("q")
            .shows("load average");
        top.types("q").ends();
    });
}

#[test]
fn watch_shows_what_tmux_shows() {
    under_both("watch -n 0.2 -d 'date +%N; cat text'", text, |watch| {
        watch.shows("Every 0.2s").shows("日本語");
        for _ in 0..4 {
            let first = watch.look().rows[2].clone();
            watch.until(|shown| shown.rows[2] != first);
        }
        watch.press("C-c").ends();
    });
}

#[test]
fn dialogs_show_what_tmux_shows() {
    let line = "dialog --title 'Pick one' --menu 'What to do' 15 50 5 1 first 2 日本語 3 third";
    under_both(line, nothing, |dialog| {
        dialog
            .shows("third")
            .press("Down")
            .press("Down")
            .press("Tab")
            .press("Tab")
            .press("Up");
        dialog.press("Enter").ends();
    });
    let line = "dialog --begin 2 2 --yesno 'A longer question, that is wrapped over lines' 8 30 --and-widget --inputbox Name 8 40 --and-widget --calendar When 0 0";
    under_both(line, nothing, |dialog| {
        dialog
            .shows("question")
            .press("Enter")
            .shows("Name")
            .types("somebody's name, longer than the box is wide, so it scrolls");
        dialog
            .press("Enter")
            .shows("When")
            .press("Down")
            .press("Tab")
            .press("Tab")
            .press("Enter")
            .ends();
    });
}

#[test]
fn a_progress_bar_shows_what_tmux_shows() {
    let line = r#"awk 'BEGIN { for (i = 0; i <= 100; i++) {
        bar = ""; for (j = 0; j < i * 3 / 4; j++) bar = bar "█";
        printf "\rdownloading %3d%% \033[32m%s\033[m\033[K", i, bar; fflush();
        if (i % 20 == 0) printf "\r\033[Kstep %d is done\n", i / 20 } print "all done" }'"#;
    under_both(line, nothing, |bar| {
        bar.shows("all done").ends();
    });
}

#[test]
fn a_shell_shows_what_tmux_shows() {
    let prompt = |shown: &Shown| shown.rows[usize::from(shown.cursor.y)] == "~ >";
    under_both("bash --norc --noprofile -i", text, |bash| {
        bash.shows("bash-");
        bash.types("PS1='\\[\\e[1;32m\\]\\w\\[\\e[m\\] > '\n")
            .until(prompt);
        bash.types(&"echo a line that is longer than the terminal is wide ".repeat(3));
        bash.press("C-a")
            .press("M-f M-f")
            .types("日本語 ")
            .press("C-k")
            .press("C-y");
        bash.press("C-e")
            .press("C-w C-w C-w")
            .types("the end")
            .shows("the end");
        bash.press("Enter")
            .until(prompt)
            .press("C-r")
            .shows("reverse-i-search");
        bash.types("PS1").shows("`PS1'").press("C-g").until(prompt);
        bash.types("cat te\t")
            .shows("cat text")
            .press("Enter")
            .shows("needle119")
            .until(prompt);
        bash.types("clear\n").hides("needle119").until(prompt);
        bash.types("printf '\\e]2;a title\\a'\n")
            .until(|shown| shown.title == "a title");
        bash.types("exit\n").ends();
    });
}

#[test]
fn a_history_of_commits_shows_what_tmux_shows() {
    let line = "git -c core.pager='less -R' log --graph --all --color=always --stat --decorate";
    under_both(line, commits, |git| {
        git.shows("commit")
            .types(" ")
            .types(" ")
            .types("/merge\n")
            .shows("merge")
            .types("G")
            .shows("(END)");
        git.types("kkkk").types("g").types("q").ends();
    });
    let line = "git -c core.pager='less -RFX' log --oneline --graph --all --color=always";
    under_both(line, commits, |git| {
        git.shows(":").types("G").shows("(END)").types("q").ends();
    });
}

/// A repository with branches and merges.
fn commits(dir: &Path) {
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(dir)
            .args(["-c", "user.name=Zoë 日本", "-c", "user.email=z@example.org"]);
        let output = git.args(args).env("HOME", dir).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["commit", "-q", "--allow-empty", "-m", "Begin"]);
    for round in 0..6 {
        let branch = format!("branch-{round}");
        git(&["checkout", "-q", "-b", &branch]);
        std::fs::write(dir.join(&branch), "text\n".repeat(round * 7)).unwrap();
        git(&["add", "."]);
        git(&[
            "commit",
            "-q",
            "-m",
            &format!(
                "Add {round}: 日本語 and e\u{301} 🎉 {}",
                "words ".repeat(round * 4)
            ),
        ]);
        git(&["checkout", "-q", "main"]);
        git(&[
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            &format!("On main {round}"),
        ]);
        git(&[
            "merge",
            "-q",
            "--no-ff",
            "-m",
            &format!("merge {branch}"),
            &branch,
        ]);
    }
}
