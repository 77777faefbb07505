//! What a pane's program has a hold of: the rows, the cursor, the modes.

use std::collections::VecDeque;

use super::cell::{Cell, Clusters};
use super::grid::{Fill, Grid};
use super::pen::Pen;
use super::signal::Signals;
use super::{Rules, Size};

/// The state of a screen, apart from the bytes that are still incomplete.
#[derive(Debug)]
pub(super) struct Terminal {
    pub(super) rules: Rules,
    pub(super) grid: Grid,
    pub(super) clusters: Clusters,
    /// The column; as large as the width while a wrap is pending.
    pub(super) x: u32,
    pub(super) y: u32,
    /// First and last row of the scroll region.
    pub(super) region: (u32, u32),
    pub(super) tabs: Vec<bool>,
    pub(super) origin: bool,
    pub(super) insert: bool,
    pub(super) autowrap: bool,
    pub(super) style: Style,
    /// What DECSC saved, and what DECRC brings back before any DECSC.
    saved: Saved,
    /// A zero width joiner came: the next character that is not plain ASCII joins the one before.
    pub(super) joiner: bool,
    /// What REP repeats.
    pub(super) last: Option<char>,
    /// The main screen, while the alternate one is shown.
    pub(super) main: Option<Box<Grid>>,
    /// The cursor that 1049 saved last; it outlives the alternate screen.
    pub(super) main_cursor: Option<(u32, u32)>,
    main_pen: Pen,
    pub(super) title: String,
    pub(super) titles: VecDeque<String>,
    pub(super) signals: Signals,
    /// The last stamp that was given.
    pub(super) stamp: u64,
    pub(super) revision: u64,
    /// The stamps of the rows at the end of the last change.
    pub(super) shown: Vec<u64>,
}

/// How the next character is written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Style {
    pub(super) pen: Pen,
    /// Whether G1 is in use rather than G0 (SO, SI).
    pub(super) shifted: bool,
    /// Whether G0 and G1 are the line drawing set.
    pub(super) drawing: [bool; 2],
}

#[derive(Debug, Clone, Copy, Default)]
struct Saved {
    style: Style,
    x: u32,
    y: u32,
    origin: bool,
}

impl Style {
    pub(super) fn draws_lines(&self) -> bool {
        self.drawing[usize::from(self.shifted)]
    }
}

impl Terminal {
    pub(super) fn new(size: Size, rules: Rules) -> Self {
        let (cols, rows) = (u32::from(size.cols), u32::from(size.rows));
        Self {
            rules,
            grid: Grid::new(cols, rows),
            clusters: Clusters::default(),
            x: 0,
            y: 0,
            region: (0, rows - 1),
            tabs: default_tabs(cols),
            origin: false,
            insert: false,
            autowrap: true,
            style: Style::default(),
            saved: Saved::default(),
            joiner: false,
            last: None,
            main: None,
            main_cursor: None,
            main_pen: Pen::default(),
            title: String::new(),
            titles: VecDeque::new(),
            signals: Signals::default(),
            stamp: 0,
            revision: 0,
            shown: vec![0; rows as usize],
        }
    }

    pub(super) fn cols(&self) -> u32 {
        self.grid.cols()
    }

    pub(super) fn rows(&self) -> u32 {
        self.grid.rows()
    }

    /// What cleared cells are filled with now.
    pub(super) fn fill(&self) -> Fill {
        self.style.pen.fill()
    }

    pub(super) fn reset_tabs(&mut self) {
        self.tabs = default_tabs(self.cols());
    }

    /// RIS. The alternate screen, if shown, stays, as in tmux.
    pub(super) fn reset(&mut self) {
        self.reset_style();
        self.reset_tabs();
        self.set_region(0, self.rows() - 1);
        self.origin = false;
        self.insert = false;
        self.autowrap = true;
        self.clear_screen(Fill::Plain);
        (self.x, self.y) = (0, 0);
    }

    /// The style and what DECRC brings back are as in a new pane, its origin mode excepted.
    pub(super) fn reset_style(&mut self) {
        self.style = Style::default();
        self.saved = Saved {
            origin: self.saved.origin,
            ..Saved::default()
        };
    }

    /// DECSC.
    pub(super) fn save_cursor(&mut self) {
        self.saved = Saved {
            style: self.style,
            x: self.x,
            y: self.y,
            origin: self.origin,
        };
    }

    /// DECRC.
    pub(super) fn restore_cursor(&mut self) {
        self.style = self.saved.style;
        self.origin = self.saved.origin;
        self.move_to(self.saved.x, self.saved.y);
    }

    /// Shows the alternate screen, blank; the cursor stays where it is.
    pub(super) fn enter_alternate(&mut self, save_cursor: bool) {
        if self.main.is_some() {
            return;
        }
        let blank = Grid::new(self.cols(), self.rows());
        self.main = Some(Box::new(std::mem::replace(&mut self.grid, blank)));
        if save_cursor {
            self.main_cursor = Some((self.x, self.y));
        }
        self.main_pen = self.style.pen;
    }

    /// Shows the main screen again. A saved cursor is restored in any case, as in tmux.
    pub(super) fn leave_alternate(&mut self, restore_cursor: bool) {
        if restore_cursor && let Some((x, y)) = self.main_cursor {
            (self.x, self.y) = (x, y);
            self.style.pen = self.main_pen;
        }
        if let Some(main) = self.main.take() {
            self.grid = *main;
        }
        self.x = self.x.min(self.cols() - 1);
        self.y = self.y.min(self.rows() - 1);
    }

    /// Another size; the cursor stays on its cell where that is still there.
    pub(super) fn resize(&mut self, size: Size) {
        let (cols, rows) = (u32::from(size.cols), u32::from(size.rows));
        if cols != self.cols() {
            self.tabs = default_tabs(cols);
        }
        if rows != self.rows() {
            self.region = (0, rows - 1);
        }
        self.grid.resize(cols, rows);
        if let Some(main) = &mut self.main {
            main.resize(cols, rows);
        }
        self.x = self.x.min(cols);
        self.y = self.y.min(rows - 1);
    }

    /// Makes room for one more cluster by finding out which cells still have theirs.
    pub(super) fn sweep_clusters(&mut self) {
        if self.clusters.is_full() {
            let main = self.main.iter().flat_map(|grid| grid.cells());
            self.clusters.sweep(self.grid.cells().chain(main));
        }
    }

    pub(super) fn memory(&self) -> usize {
        let main = self.main.iter().map(|grid| grid.memory());
        let titles = self.titles.iter().map(String::capacity);
        self.grid.memory()
            + main.sum::<usize>()
            + self.clusters.memory()
            + self.tabs.capacity()
            + size_of_val(&*self.shown)
            + self.title.capacity()
            + titles.sum::<usize>()
            + self.signals.memory()
    }

    pub(super) fn get(&self, x: u32) -> Cell {
        self.grid.get(x, self.y)
    }

    pub(super) fn set(&mut self, x: u32, cell: Cell) {
        self.grid.set(x, self.y, cell);
    }
}

fn default_tabs(cols: u32) -> Vec<bool> {
    (0..cols).map(|x| x > 0 && x % 8 == 0).collect()
}
