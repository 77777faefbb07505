//! Real programs over ao's own connection, while their panes are resized, split and zoomed: after
//! each change the model is seeded anew, and at each snapshot it shows what tmux shows.

use crate::screen_watch::Live;

/// Sizes that shrink and grow each way.
const SIZES: [(u16, u16); 6] = [(60, 24), (60, 10), (100, 30), (33, 30), (120, 12), (80, 24)];

/// Starts vim with the size that it knows in its last rows.
async fn vim() -> Live {
    let vim = Live::start("vim -u NONE -i NONE -N -n text").await;
    vim.shows("plain text").await;
    vim.types(":set laststatus=2 statusline=%{&columns}x%{&lines}\n")
        .await;
    vim.shows("80x24").await;
    vim
}

#[tokio::test]
async fn vim_is_followed_through_changes_of_its_size() {
    let vim = vim().await;
    for (cols, rows) in SIZES {
        vim.resize(cols, rows)
            .await
            .shows(&format!("{cols}x{rows}"))
            .await;
        vim.types("Gggdd:split\n:only\n").await;
        vim.types(":echo 'on' . 'ly'\n").await.shows("only").await;
        vim.types("/needle47\nztdd")
            .await
            .until(|shown| shown.cursor.y == 0)
            .await;
    }
    vim.end();
}

#[tokio::test]
async fn less_is_followed_through_changes_of_its_size() {
    let less = Live::start("less text").await;
    less.shows("plain text").await;
    for (cols, rows) in SIZES {
        less.resize_and_draw(cols, rows)
            .await
            .types("G")
            .await
            .shows("(END)")
            .await;
        less.types("g").await.shows("2 long words").await;
        less.types("/needle63\n").await.shows("needle63").await;
    }
    less.end();
}

#[tokio::test]
async fn htop_is_followed_through_changes_of_its_size() {
    let htop = Live::start("htop -d 3").await;
    htop.shows("Load average").await;
    for (cols, rows) in SIZES {
        htop.resize_and_draw(cols, rows)
            .await
            .types("/")
            .await
            .shows("F3Next")
            .await;
        htop.types("init\n").await.shows("F1Help").await;
    }
    htop.end();
}

#[tokio::test]
async fn a_shell_is_followed_through_changes_of_its_size() {
    let bash = Live::start("env PS1='> ' bash --norc --noprofile -i").await;
    bash.shows(">")
        .await
        .types("cat text\n")
        .await
        .shows("needle119")
        .await;
    for (cols, rows) in SIZES {
        bash.resize(cols, rows).await;
        let marker = format!("{cols}+{rows}");
        let command = format!(
            "echo {}; echo $(({cols}))+{rows}\n",
            "words that wrap ".repeat(7)
        );
        bash.types(&command).await.shows(&marker).await;
        bash.types("head -30 text; printf '\\e[33mno end'\n")
            .await
            .shows("no end")
            .await;
    }
    bash.end();
}

#[tokio::test]
async fn a_pane_is_followed_through_splits_and_zooms() {
    let vim = vim().await;
    let rows = async |rows: u16| {
        vim.until(|shown| shown.size.rows == rows).await;
        vim.shows(&format!("x{rows}")).await;
        vim.types("Ggg").await.shows("1 日本").await;
    };
    vim.tmux(&[
        "split-window",
        "-d",
        "-v",
        "-l",
        "8",
        "-t",
        "PANE",
        "exec cat",
    ])
    .await;
    rows(15).await;
    vim.tmux(&["resize-pane", "-Z", "-t", "PANE"]).await;
    rows(24).await;
    vim.tmux(&["resize-pane", "-Z", "-t", "PANE"]).await;
    rows(15).await;
    vim.tmux(&["resize-pane", "-y", "5", "-t", "PANE"]).await;
    rows(5).await;
    vim.tmux(&[
        "split-window",
        "-d",
        "-h",
        "-l",
        "50%",
        "-t",
        "PANE",
        "exec cat",
    ])
    .await;
    vim.until(|shown| shown.size.cols < 45)
        .await
        .types("jjkk")
        .await;
    vim.tmux(&["kill-pane", "-a", "-t", "PANE"]).await;
    rows(24).await;
    vim.end();
}
