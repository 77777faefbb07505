//! Which rows changed.

use super::cell::{Cell, Clusters, Content};
use super::grid::Grid;
use super::terminal::Terminal;

/// The stamp of every blank row.
const BLANK: u64 = 0;

impl Terminal {
    /// Gives new stamps to the rows whose text differs from what it was at the last settling. A row
    /// that was erased and written again as it was keeps its stamp.
    pub(super) fn settle(&mut self) {
        for y in 0..self.grid.rows() {
            let state = *self.grid.state(y);
            if !state.dirty {
                continue;
            }
            let hash = hash(&self.grid, y, &self.clusters);
            let state = self.grid.state_mut(y);
            state.dirty = false;
            if state.hash != hash {
                state.hash = hash;
                state.stamp = if hash == 0 {
                    BLANK
                } else {
                    self.stamp += 1;
                    self.stamp
                };
            }
        }
        let now = (0..self.grid.rows()).map(|y| self.grid.state(y).stamp);
        if !now.clone().eq(self.shown.iter().copied()) {
            self.shown.clear();
            self.shown.extend(now);
            self.revision += 1;
        }
    }
}

/// A number that stands for a row's text; 0 for a blank one.
fn hash(grid: &Grid, y: u32, clusters: &Clusters) -> u64 {
    let wrapped = grid.state(y).wrapped;
    let mut cells = grid.used_cells(y);
    if !wrapped {
        while let [rest @ .., Cell::BLANK] = cells {
            cells = rest;
        }
        if cells.is_empty() {
            return 0;
        }
    }
    let mut hash = mix(u64::from(wrapped), cells.len() as u64 + 1);
    let mut pairs = cells.chunks_exact(2);
    for pair in &mut pairs {
        let [left, right] = [pair[0], pair[1]].map(|cell| bits(cell, clusters));
        hash = mix(hash, left ^ right.rotate_left(32));
    }
    for &cell in pairs.remainder() {
        hash = mix(hash, bits(cell, clusters));
    }
    hash.max(1)
}

/// A number that stands for what a cell shows, mostly of 32 bits.
fn bits(cell: Cell, clusters: &Clusters) -> u64 {
    match cell.content() {
        Content::Cluster(index) => {
            let text = clusters.text(index).bytes();
            text.fold(cell.width().into(), |hash, byte| mix(hash, byte.into()))
        }
        Content::Char(_) | Content::Padding => cell.bits().into(),
    }
}

pub(super) fn mix(hash: u64, value: u64) -> u64 {
    // Odd and without a pattern: the fraction of the golden ratio.
    (hash ^ value)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}
