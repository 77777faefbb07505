//! Real programs under their real terminal: the model is fed with what tmux tells ao, and shows what
//! tmux shows after each piece of it.
//!
//! Every program runs as two kinds of terminal: as tmux's own, and as an xterm, whose sequences
//! those write that do not ask.

use std::path::Path;
use std::process::Command;

use crate::screen_oracle::Shown;
use crate::screen_program::{text, under_both};

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
