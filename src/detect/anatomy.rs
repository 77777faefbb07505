//! Where things stand on a program's screen: its conversation, its input box, what is below it.

use std::ops::Range;

use super::lines::Line;
use crate::preset::{Matches, Rules, Sign, Where};

/// A line that begins so many columns further right than another stands in another column of the
/// screen: a sidebar.
const SIDEBAR: u16 = 40;

/// The regions of a screen, as ranges of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Anatomy {
    above: Range<usize>,
    composer: Option<Range<usize>>,
    below: Range<usize>,
}

impl Anatomy {
    pub(super) fn of(rules: &Rules, lines: &[Line]) -> Self {
        let all = Self {
            above: 0..lines.len(),
            composer: None,
            below: lines.len()..lines.len(),
        };
        let Some(composer) = rules.composer() else {
            return all;
        };
        let above = |index: usize| lines[..index].iter().rposition(|line| !line.blank);
        let is_box = |index: &usize| {
            let fits = |above: usize| composer.above.is_none_or(|is| lines[above].matches.has(is));
            lines[*index].matches.has(composer.line)
                && above(*index).map_or(composer.above.is_none(), fits)
        };
        let Some(begin) = (0..lines.len()).rev().find(is_box) else {
            return all;
        };
        let end = match composer.below {
            None => begin + 1,
            Some(closes) => {
                let rest = &lines[begin + 1..];
                let closing = rest.iter().position(|line| line.matches.has(closes));
                closing.map_or(lines.len(), |further| begin + 1 + further)
            }
        };
        let top = match composer.above {
            Some(_) => above(begin).unwrap_or(begin),
            None => begin,
        };
        Self {
            above: 0..top,
            composer: Some(begin..end),
            below: (end + usize::from(composer.below.is_some())).min(lines.len())..lines.len(),
        }
    }

    fn region(&self, place: Where) -> Range<usize> {
        match place {
            Where::Anywhere => 0..self.below.end,
            Where::Above | Where::Turn => self.above.clone(),
            Where::Composer => self.composer.clone().unwrap_or_default(),
            Where::Below => self.below.clone(),
        }
    }

    /// The lines that a sign stands on, the lowest first.
    pub(super) fn places<'a>(
        &'a self,
        rules: &'a Rules,
        sign: &'a Sign,
        lines: &'a [Line],
    ) -> impl Iterator<Item = usize> + 'a {
        let mut region = self.region(sign.place);
        if let Some(last) = sign.last {
            let solid = region.clone().rev().filter(|index| !lines[*index].blank);
            region.start = solid.take(last).last().unwrap_or(region.end);
        }
        let has_box = self.composer.is_some();
        let fits = sign.composer.is_none_or(|wanted| wanted == has_box);
        let region = if fits { region } else { 0..0 };
        let candidates = region
            .rev()
            .filter(|index| lines[*index].matches.has(sign.line));
        candidates.filter(|index| self.holds(rules, sign, lines, *index))
    }

    fn holds(&self, rules: &Rules, sign: &Sign, lines: &[Line], index: usize) -> bool {
        let head = || {
            let none = Matches::default();
            head(lines, index).map_or(none, |head| lines[head].matches)
        };
        let rest = &lines[index + 1..];
        let below = |pattern| rest.iter().any(|line| line.matches.has(pattern));
        let is_newest = || {
            let newer = &lines[index + 1..self.above.end.max(index + 1)];
            !newer.iter().any(|line| rules.begins_turn(&line.matches))
        };
        let line = &lines[index];
        let next = || {
            let edge = line.indent.saturating_add(SIDEBAR);
            let mut newer = rest.iter();
            newer.find(|newer| !newer.blank && newer.indent < edge)
        };
        sign.boxed.is_none_or(|boxed| boxed == line.boxed)
            && !sign.not.is_some_and(|not| line.matches.has(not))
            && sign
                .next
                .is_none_or(|is| next().is_some_and(|next| next.matches.has(is)))
            && sign.under.is_none_or(|under| head().has(under))
            && sign.not_under.is_none_or(|under| !head().has(under))
            && sign.with.iter().all(|with| below(*with))
            && !sign.without.iter().any(|without| below(*without))
            && (sign.place != Where::Turn || is_newest())
    }
}

/// The head of the block that a line is in: the nearest line above it that is less indented, or that
/// begins with a mark where this one does not.
fn head(lines: &[Line], index: usize) -> Option<usize> {
    let line = &lines[index];
    let is_head = |above: &&Line| {
        !above.blank
            && (above.indent < line.indent
                || above.bullet && !line.bullet && above.indent <= line.indent)
    };
    let above = lines[..index]
        .iter()
        .rev()
        .position(|above| is_head(&above))?;
    Some(index - 1 - above)
}
