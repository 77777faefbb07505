//! The lines of a screen as a preset sees them: what the terminal or the program wrapped is one
//! line again, and frames around it are gone.

use crate::preset::{Matches, Rules};
use crate::screen::{Screen, width};

/// How many columns short of the edge programs wrap: they leave room for padding and frames.
const MARGIN: u16 = 8;

/// How many rows are joined at most.
const ROWS_MAX: usize = 12;

/// A line, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    key: u64,
    /// Its first row.
    pub(super) row: u16,
    /// How many lines of the terminal it joins.
    count: u16,
    /// The blanks before it, without a frame.
    pub(super) indent: u16,
    /// Whether it begins with something that marks a beginning.
    pub(super) bullet: bool,
    pub(super) blank: bool,
    /// It stands in a frame.
    pub(super) boxed: bool,
    /// Which patterns of the preset match it.
    pub(super) matches: Matches,
}

/// The lines of one pane, with what is known of them from one look to the next.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) list: Vec<Line>,
    before: Vec<Line>,
    /// What is known of the terminal's own lines, by their keys.
    shapes: Vec<(u64, Shape)>,
    shapes_before: Vec<(u64, Shape)>,
    /// Kept for its memory.
    text: String,
}

/// What of a line of the terminal decides whether it goes on in the next.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    indent: u16,
    /// The column behind its last character.
    end: u16,
    /// The columns of its first word.
    word: u16,
    /// The column at which a frame closes it; none without one.
    edge: Option<u16>,
    bullet: bool,
    blank: bool,
    boxed: bool,
    /// It holds letters or digits, and no frame stands at its end.
    is_text: bool,
}

impl Lines {
    /// Takes in what the screen shows now. Whether that differs in more than words: in what matches,
    /// or in where it stands.
    pub(super) fn look(&mut self, rules: &Rules, screen: &Screen) -> bool {
        let cols = screen.size().cols;
        std::mem::swap(&mut self.list, &mut self.before);
        self.list.clear();
        self.recognise(screen);
        let mut next = 0;
        let mut index = 0;
        let mut lines = screen.lines();
        while let Some(first) = lines.next() {
            let (mut key, shape) = self.shapes[index];
            let mut count: u16 = 1;
            let mut last = shape;
            index += 1;
            while let Some((more_key, more)) = self.shapes.get(index) {
                if usize::from(count) >= ROWS_MAX || !goes_on(shape.indent, &last, more, cols) {
                    break;
                }
                key = join(key, *more_key);
                count += 1;
                last = *more;
                index += 1;
                lines.next();
            }
            let known = self.before[next.min(self.before.len())..]
                .iter()
                .position(|known| known.key == key);
            let matches = match known {
                Some(further) => {
                    next += further + 1;
                    self.before[next - 1].matches
                }
                None if shape.blank => Matches::default(),
                None => {
                    self.text.clear();
                    read(screen, first.first_row(), count, &mut self.text);
                    rules.matches(&self.text)
                }
            };
            self.list.push(Line {
                key,
                row: first.first_row(),
                count,
                indent: shape.indent,
                bullet: shape.bullet,
                blank: shape.blank,
                boxed: shape.boxed,
                matches,
            });
        }
        let alike = self.list.len() == self.before.len()
            && self
                .list
                .iter()
                .zip(&self.before)
                .all(|(now, before)| now.is_like(before));
        !alike
    }

    /// Takes over what is known of the terminal's lines that are still shown.
    fn recognise(&mut self, screen: &Screen) {
        std::mem::swap(&mut self.shapes, &mut self.shapes_before);
        self.shapes.clear();
        let mut next = 0;
        for line in screen.lines() {
            let key = line.key();
            let rest = &self.shapes_before[next..];
            let shape = match rest.iter().position(|known| known.0 == key) {
                Some(further) => {
                    next += further + 1;
                    self.shapes_before[next - 1].1
                }
                None => {
                    self.text.clear();
                    line.text(&mut self.text);
                    Shape::of(&self.text)
                }
            };
            self.shapes.push((key, shape));
        }
    }
}

impl Line {
    /// Whether it counts the same for every sign, whatever its words.
    fn is_like(&self, other: &Self) -> bool {
        (self.row, self.count, self.indent) == (other.row, other.count, other.indent)
            && (self.bullet, self.blank, self.boxed) == (other.bullet, other.blank, other.boxed)
            && self.matches == other.matches
    }

    /// Appends its text: what was wrapped is joined by one blank, frames are cut off.
    pub(super) fn text(&self, screen: &Screen, into: &mut String) {
        read(screen, self.row, self.count, into);
    }
}

impl Shape {
    fn of(text: &str) -> Self {
        let (before, inner, edge) = unframed(text);
        let trimmed = inner.trim_start();
        let indent = columns(&inner[..inner.len() - trimmed.len()]);
        let kept = trimmed.trim_end();
        let word = kept.split_whitespace().next().unwrap_or_default();
        Self {
            indent,
            end: columns(before) + indent + columns(kept),
            word: columns(word),
            edge,
            bullet: !kept.is_empty() && !begins_text(kept),
            blank: kept.is_empty(),
            boxed: edge.is_some() || before.contains('┃'),
            is_text: kept.chars().any(char::is_alphanumeric)
                && !kept.ends_with(|c| ('\u{2500}'..='\u{259f}').contains(&c)),
        }
    }
}

/// Whether a line goes on in the next one: a program that wraps puts a word there only if it does
/// not fit any more.
fn goes_on(indent: u16, line: &Shape, next: &Shape, cols: u16) -> bool {
    if !line.is_text
        || !next.is_text
        || next.bullet
        || next.indent < indent
        || line.boxed != next.boxed
    {
        return false;
    }
    let edge = line.edge.unwrap_or(cols);
    line.end.saturating_add(1).saturating_add(next.word) > edge.saturating_sub(MARGIN)
}

/// Whether a text begins as a text goes on, and not with a mark.
fn begins_text(text: &str) -> bool {
    let first = text.chars().next();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 {
        let rest = &text[digits..];
        return !(rest.starts_with(". ") || rest.starts_with(") "));
    }
    first.is_some_and(|c| c.is_alphanumeric() || "'\"`‘’“”([{$/~<@&".contains(c))
}

/// What stands in a frame: what comes before that, the inside, and the column of the frame's right
/// side.
fn unframed(text: &str) -> (&str, &str, Option<u16>) {
    let is_side = |c: char| matches!(c, '│' | '┃' | '║' | '▌' | '▐');
    let mut inner = text;
    let mut before = "";
    let unindented = text.trim_start();
    if let Some(rest) = unindented.strip_prefix(is_side) {
        before = &text[..text.len() - rest.len()];
        inner = rest;
    }
    let kept = inner.trim_end();
    match kept.strip_suffix(is_side) {
        Some(inside) if !before.is_empty() => {
            let edge = columns(before).saturating_add(columns(inside));
            (before, inside, Some(edge))
        }
        _ => (before, inner, None),
    }
}

/// How many columns a text takes.
fn columns(text: &str) -> u16 {
    let each = text.chars().map(|c| width(c).unwrap_or(0));
    u16::try_from(each.sum::<u32>()).unwrap_or(u16::MAX)
}

fn join(key: u64, with: u64) -> u64 {
    (key.rotate_left(21) ^ with).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63
}

/// Appends the text of so many lines from row `row` on.
fn read(screen: &Screen, row: u16, count: u16, into: &mut String) {
    let mut text = String::new();
    for (index, line) in screen.lines_from(row).take(usize::from(count)).enumerate() {
        text.clear();
        line.text(&mut text);
        let (before, inner, _) = unframed(&text);
        if index == 0 {
            // The blanks within a frame are its padding.
            let inner = if before.is_empty() {
                inner
            } else {
                inner.trim_start()
            };
            into.push_str(inner.trim_end());
        } else {
            into.push(' ');
            into.push_str(inner.trim());
        }
    }
}
