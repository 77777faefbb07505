//! Snapshots of panes: that they stand at their place among the output, and hold what decides how
//! the output after them is shown.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::Duration;

use ao::screen::{Rules, Screen, Seed, Size};
use ao::tmux::{PaneId, Snapshot, WindowId};
use tokio::time::timeout;

use crate::rig::{Client, DEADLINE, Rig, Sound};

/// A pane that shows what the test writes.
struct Page {
    rig: Rig,
    client: Client,
    pane: PaneId,
    window: WindowId,
    pen: File,
}

impl Page {
    async fn new() -> Self {
        Self::of(Rig::new()).await
    }

    async fn of(rig: Rig) -> Self {
        let client = rig.connect().await;
        let fifo = rig.path("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        // For both ends, so that neither opening nor reading waits for the other.
        let pen = OpenOptions::new().read(true).write(true).open(&fifo);
        let show = "stty raw -echo; printf ready; exec cat <fifo";
        let spec = rig.start("a", &["sh", "-c", show]);
        let started = client.connection.start(&spec).await.unwrap();
        let page = Self {
            rig,
            client,
            pane: started.pane,
            window: started.window,
            pen: pen.unwrap(),
        };
        // What it wrote before its window was heard is only in the snapshot.
        while text(&page.snapshot().await.rows) != "ready" {}
        page
    }

    /// Writes, and waits until all of it was heard.
    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        let before = self.client.heard.of(self.pane).bytes.len();
        self.pen.write_all(bytes).unwrap();
        let is_heard = |bytes_heard: usize| bytes_heard >= before + bytes.len();
        let heard = &self.client.heard;
        heard
            .until(self.pane, |sound| is_heard(sound.bytes.len()))
            .await;
    }

    /// Clears all but modes, and writes.
    async fn anew(&mut self, bytes: impl AsRef<[u8]>) {
        self.write([b"\x1b[H\x1b[2J\x1b[3J", bytes.as_ref()].concat())
            .await;
    }

    /// A new snapshot.
    async fn snapshot(&self) -> Snapshot {
        let heard = &self.client.heard;
        let before = heard.of(self.pane).seeds.len();
        self.client.connection.seed(self.pane);
        heard
            .until(self.pane, |sound| sound.seeds.len() > before)
            .await;
        heard.of(self.pane).seeds.pop().unwrap().1
    }

    /// Waits until the pane was told to have this size, and for a snapshot of this size after it.
    async fn sized(&self, size: (u16, u16), mut act: impl AsyncFnMut(&Self)) -> Snapshot {
        let heard = &self.client.heard;
        let before = heard.of(self.pane);
        act(self).await;
        let has_size = |(_, snapshot): &(usize, Snapshot)| snapshot.size == size;
        heard
            .until(self.pane, |sound| {
                let told = sound.sizes.get(before.sizes.len()..).unwrap_or_default();
                let seeds = sound.seeds.get(before.seeds.len()..).unwrap_or_default();
                !told.is_empty() && seeds.iter().any(has_size)
            })
            .await;
        heard.of(self.pane).seeds.pop().unwrap().1
    }

    async fn tmux(&self, args: &[&str]) -> String {
        self.rig.tmux(args).await
    }
}

fn text(rows: &[Vec<u8>]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| String::from_utf8_lossy(row).trim_end().to_owned())
        .collect();
    rows.join("\n").trim_end().to_owned()
}

/// What a pane shows of lines that are not longer than it is wide.
fn shown(lines: &[u8], height: usize) -> String {
    let lines = String::from_utf8_lossy(lines).replace('\r', "");
    let lines: Vec<&str> = lines.split('\n').collect();
    let from = lines.len().saturating_sub(height);
    lines[from..].join("\n").trim_end().to_owned()
}

/// A model that is seeded with each snapshot, and is fed what comes between, shows each of them
/// before it is told. Says how often it did.
fn model_agrees(sound: &Sound) -> usize {
    let mut agreed = 0;
    let &(mut from, ref first) = &sound.seeds[0];
    let mut live = model(first);
    for (to, snapshot) in &sound.seeds[1..] {
        live.feed(&sound.bytes[from..*to]);
        from = *to;
        let (cols, rows) = snapshot.size;
        if live.size() == (Size { cols, rows }) {
            assert_same(&live, snapshot);
            agreed += 1;
        }
        live.seed(&Seed::from(snapshot.clone()));
    }
    agreed
}

fn assert_same(screen: &Screen, snapshot: &Snapshot) {
    let wanted = model(snapshot);
    assert_eq!(screen_text(screen), screen_text(&wanted));
    assert_eq!(screen.cursor(), wanted.cursor());
    assert_eq!(screen.alternate(), wanted.alternate());
    assert_eq!(screen.title(), wanted.title());
}

fn model(snapshot: &Snapshot) -> Screen {
    let (cols, rows) = snapshot.size;
    let mut screen = Screen::new(Size { cols, rows }, Rules::default());
    screen.seed(&Seed::from(snapshot.clone()));
    screen
}

/// The rows, and which of them go on in the next.
fn screen_text(screen: &Screen) -> String {
    let mut text = String::new();
    for row in screen.rows() {
        row.text(&mut text);
        text.push_str(if row.wraps() { "+\n" } else { "\n" });
    }
    text
}

/// Whether the model is of the release under test.
fn is_modelled() -> bool {
    std::env::var_os("AO_TEST_TMUX").is_none()
}

#[tokio::test]
async fn a_snapshot_amid_a_flood_holds_what_came_before_it_and_nothing_else() {
    const LINES: usize = 20_000;
    let rig = Rig::new();
    let client = rig.connect().await;
    let flood = format!(
        "read go; i=0; while [ $i -lt {LINES} ]; do i=$((i + 1)); echo line $i; done; echo end; read end"
    );
    let spec = rig.start("a", &["sh", "-c", &flood]);
    let pane = client.connection.start(&spec).await.unwrap().pane;
    client.connection.seed(pane);
    client
        .heard
        .until(pane, |sound| sound.seeds.len() == 1)
        .await;
    rig.tmux(&["send-keys", "-t", &pane.to_string(), "Enter"])
        .await;
    let ends = |sound: &Sound| sound.bytes.ends_with(b"end\r\n");
    while !ends(&client.heard.of(pane)) {
        let seeds = client.heard.of(pane).seeds.len();
        client.connection.seed(pane);
        client
            .heard
            .until(pane, |sound| sound.seeds.len() > seeds)
            .await;
    }
    let sound = client.heard.of(pane);
    assert_eq!(
        sound.gaps, 0,
        "the test says nothing when the reader is paused"
    );
    assert!(sound.seeds.len() > 2, "{}", sound.seeds.len());
    for (before, snapshot) in &sound.seeds {
        let (_, height) = snapshot.size;
        let shown = shown(&sound.bytes[..*before], height.into());
        assert_eq!(text(&snapshot.rows), shown);
    }
    assert!(model_agrees(&sound) > 1);
}

#[tokio::test]
async fn a_model_goes_on_from_any_place_of_the_output() {
    if !is_modelled() {
        return;
    }
    let mut page = Page::new().await;
    let drawing = "plain\r\n\x1b[31mred\x1b[m \x1b]2;ti tle\x1b\\漢字 é 🙂\r\n\x1b[3;8r\x1b[?6h\x1b[2;3H\
        top\x1b[9L\x1b[4hins\x1b[4l\x1b[?7lcut\x1b[?7h\x1b[?6l\x1b[r\x1b[10;70Hwrapped over the edge\
        \x1b[?1049h\x1b[2;2Hfull\x1b[K\r\n\ttab\x1bM\x1b[?1049l back";
    for piece in drawing.as_bytes().chunks(1) {
        page.write(piece).await;
        page.snapshot().await;
    }
    let sound = page.client.heard.of(page.pane);
    assert!(model_agrees(&sound) >= drawing.len());
    // And so does one that starts anywhere but within a character.
    let (end, last) = sound.seeds.last().unwrap();
    for (from, first) in &sound.seeds {
        if std::str::from_utf8(&sound.bytes[..*from]).is_ok() {
            let mut screen = model(first);
            screen.feed(&sound.bytes[*from..*end]);
            assert_same(&screen, last);
        }
    }
}

#[tokio::test]
async fn what_is_not_finished_is_told() {
    let mut page = Page::new().await;
    for begun in [&b"\x1b"[..], b"\x1b[3", b"\x1b]2;a\\b \xc3\xa9", b"\x1bPx"] {
        page.anew([b"shown", begun].concat()).await;
        let snapshot = page.snapshot().await;
        assert_eq!(text(&snapshot.rows), "shown");
        assert_eq!(snapshot.pending, begun, "{}", begun.escape_ascii());
        // The string terminator ends all of them.
        page.write(b"\x1b\\").await;
        let pending = page.snapshot().await.pending;
        assert_eq!(pending, b"", "{}", begun.escape_ascii());
    }
}

#[tokio::test]
async fn rows_that_tmux_wrapped_are_told_from_rows_that_are_full() {
    let mut page = Page::new().await;
    let full = "x".repeat(80);
    // A blank at the edge, a wide character that finds no room, a full row that ends by itself, and
    // one that went on in a row that was emptied since.
    let blank_at_edge = format!("{:<79} b\r\n", "a");
    let wide = format!("{}漢字\r\n", "y".repeat(79));
    let cleared = format!("{full}z\x1b[2K\r\nend");
    page.anew(format!("{blank_at_edge}{wide}{full}\r\n\r\n{cleared}"))
        .await;
    let snapshot = page.snapshot().await;
    let wrapped = [true, false, true, false, false, false, false, false, false];
    assert_eq!(snapshot.wraps[..9], wrapped, "{}", text(&snapshot.rows));
    assert_eq!(text(&snapshot.rows[3..4]), "漢字");
    assert_eq!(text(&snapshot.rows[7..]), "\nend");
    assert_eq!((snapshot.rows.len(), snapshot.wraps.len()), (24, 24));
    assert_eq!(snapshot.cursor, (3, 8));

    page.anew(&full).await;
    assert_eq!(page.snapshot().await.cursor, (80, 0), "the wrap is pending");
}

#[tokio::test]
async fn the_main_screen_is_kept_while_the_alternate_one_is_shown() {
    let mut page = Page::new().await;
    let long = "m".repeat(100);
    page.anew(format!("main\r\n{long}\r\n\x1b[?1049h\x1b[Halternate"))
        .await;
    let snapshot = page.snapshot().await;
    assert_eq!(text(&snapshot.rows), "alternate");
    let main = snapshot.main.unwrap();
    let (first, rest) = long.split_at(80);
    assert_eq!(text(&main.rows), format!("main\n{first}\n{rest}"));
    assert_eq!(main.wraps[..3], [false, true, false]);
    assert_eq!(snapshot.saved_cursor, Some((0, 3)));

    // It keeps its height whatever becomes of the pane.
    let window = page.window.to_string();
    let resize = ["resize-windo", "-t", &window, "-x", "80", "-y", "10"];
    let snapshot = page
        .sized((80, 10), async |page| drop(page.tmux(&resize).await))
        .await;
    assert_eq!(snapshot.rows.len(), 10);
    assert_eq!(snapshot.main.unwrap().rows.len(), 24);

    page.write(b"\x1b[?1049l").await;
    assert_eq!(page.snapshot().await.main, None);
}

#[tokio::test]
async fn modes_region_and_stops_are_told() {
    let mut page = Page::new().await;
    let snapshot = page.snapshot().await;
    assert_eq!(snapshot.region, (0, 23));
    assert_eq!(snapshot.tabs, [8, 16, 24, 32, 40, 48, 56, 64, 72]);
    assert_eq!(
        (snapshot.origin, snapshot.insert, snapshot.autowrap),
        (false, false, true)
    );
    page.write(b"\x1b[3g\x1b[5G\x1bH\x1b[3;10r\x1b[?6h\x1b[4h\x1b[?7l\x1b[2;7H")
        .await;
    let snapshot = page.snapshot().await;
    assert_eq!((snapshot.region, snapshot.tabs), ((2, 9), vec![4]));
    assert_eq!(
        (snapshot.origin, snapshot.insert, snapshot.autowrap),
        (true, true, false)
    );
    assert_eq!(snapshot.cursor, (6, 3));
}

#[tokio::test]
async fn a_pane_that_gave_itself_no_title_has_none() {
    let mut page = Page::new().await;
    assert_eq!(page.snapshot().await.title, "");
    for title in [
        "plain",
        "  spaces  inside ",
        // A backslash would be doubled by tmux 3.7.
        "✳ $HOME ${x} $1 $ 100% ~",
        "a,b}c #{pane_id} #[bold] ##",
        "%end 1 2 1",
    ] {
        page.write(format!("\x1b]2;{title}\x07")).await;
        assert_eq!(page.snapshot().await.title, title);
    }
    page.write("\x1b]2;\x07").await;
    assert_eq!(page.snapshot().await.title, "");
}

#[tokio::test]
async fn each_change_of_size_is_told_and_followed_by_a_snapshot() {
    let mut page = Page::new().await;
    let long: String = ('a'..='z').cycle().take(130).collect();
    page.anew(&long).await;
    page.snapshot().await;
    let window = page.window.to_string();
    let pane = page.pane.to_string();
    for (cols, rows) in [(60, 10), (60, 30), (140, 30), (80, 24)] {
        let (width, height) = (cols.to_string(), rows.to_string());
        let resize = ["resize-windo", "-t", &window, "-x", &width, "-y", &height];
        let snapshot = page
            .sized((cols, rows), async |page| drop(page.tmux(&resize).await))
            .await;
        assert_eq!(
            page.client.heard.of(page.pane).sizes.last(),
            Some(&(cols, rows))
        );
        // Rows may have gone to the history.
        let text = text(&snapshot.rows);
        assert!(long.ends_with(&text.replace('\n', "")), "{text:?}");
        let wrapped = snapshot.wraps.iter().filter(|wrap| **wrap).count();
        assert_eq!(wrapped, text.lines().count() - 1, "{text:?}");
    }
    let split = ["split-windo", "-h", "-d", "-t", &pane, "exec cat"];
    let zoom = ["resize-pan", "-Z", "-t", &pane];
    page.sized((40, 24), async |page| drop(page.tmux(&split).await))
        .await;
    page.sized((80, 24), async |page| drop(page.tmux(&zoom).await))
        .await;
    page.sized((40, 24), async |page| drop(page.tmux(&zoom).await))
        .await;
    page.write("more, and \x1b[5;5Hmore").await;
    page.snapshot().await;
    model_agrees(&page.client.heard.of(page.pane));
}

#[tokio::test]
async fn after_a_gap_the_output_goes_on_where_the_snapshot_ends() {
    /// Longer than tmux waits for a reader before it pauses a pane.
    const TOO_LONG: Duration = Duration::from_millis(1500);
    let rig = Rig::new();
    let client = rig.connect().await;
    let flood = "i=0; while :; do i=$((i + 1)); echo line $i of a flood; done";
    let spec = rig.start("a", &["sh", "-c", flood]);
    let pane = client.connection.start(&spec).await.unwrap().pane;
    client.heard.text(pane, "of a flood").await;

    let held = client.heard.hold();
    std::thread::sleep(TOO_LONG);
    drop(held);
    // Nobody asked for it: a gap is reason enough.
    let is_followed = |sound: &Sound| {
        let first = sound.seeds.first();
        first.is_some_and(|(at, _)| sound.bytes[*at..].contains(&b'\n'))
    };
    client.heard.until(pane, is_followed).await;
    client.connection.kill_pane(pane).await.unwrap();
    let sound = client.heard.of(pane);
    assert!(sound.gaps > 0);
    assert!(sound.refill.len() > 24, "history as well");
    let (at, snapshot) = &sound.seeds[0];
    let row = |row: u16| String::from_utf8_lossy(&snapshot.rows[usize::from(row)]).into_owned();
    let (_, y) = snapshot.cursor;
    let rest = String::from_utf8_lossy(&sound.bytes[*at..]).into_owned();
    let next = format!("{}{}", row(y), rest.lines().next().unwrap());
    let number = |line: &str| -> u64 {
        let number = line
            .strip_prefix("line ")
            .unwrap()
            .strip_suffix(" of a flood");
        number.unwrap().parse().unwrap()
    };
    assert_eq!(number(&next), number(&row(y - 1)) + 1);
}

#[tokio::test]
async fn a_pane_that_is_gone_has_no_snapshot_and_others_have() {
    let page = Page::new().await;
    let spec = page.rig.start("b", &["cat"]);
    let gone = page.client.connection.start(&spec).await.unwrap().pane;
    page.client.connection.kill_pane(gone).await.unwrap();
    for _ in 0..3 {
        page.client.connection.seed(gone);
        page.snapshot().await;
    }
    assert_eq!(page.client.heard.of(gone).seeds, []);
}

#[tokio::test]
async fn any_number_of_panes_can_be_seeded_at_once_and_as_soon_as_the_connection_stands() {
    const PANES: usize = 40;
    let rig = Rig::new();
    let client = rig.connect().await;
    let mut panes = Vec::new();
    for n in 0..PANES {
        let spec = rig.start(&n.to_string(), &["cat"]);
        panes.push(client.connection.start(&spec).await.unwrap().pane);
    }
    let server = rig.server_process().await;
    drop(client);

    let mut client = rig.connecting(rig.options());
    let seeds = async {
        client
            .event("up", |event| {
                matches!(event, ao::tmux::Event::Up { .. }).then_some(())
            })
            .await;
        for &pane in &panes {
            client.connection.seed(pane);
        }
        for &pane in &panes {
            client
                .heard
                .until(pane, |sound| sound.seeds.len() == 1)
                .await;
        }
    };
    timeout(DEADLINE, seeds).await.unwrap();
    assert!(!server.has_ended());
}
