//! How many cells a character takes.

use super::width_runs::RUNS;

/// The width of a character, 0 to 2; none when tmux drops it: controls and what its C library
/// does not know.
pub fn width(c: char) -> Option<u32> {
    let code = u32::from(c);
    if code < 0x100 {
        return match code {
            0x20..=0x7e | 0xa0..=0xff => Some(1),
            _ => None,
        };
    }
    let page = (code >> 8) as usize;
    let runs = &RUNS[PAGES[page] as usize..=PAGES[page + 1] as usize];
    let run = match runs {
        [run] => *run,
        _ => runs[runs.partition_point(|run| run >> 2 <= code) - 1],
    };
    (run & 3).checked_sub(1)
}

/// Pages of 256 characters.
const PAGE_COUNT: usize = 0x1100;

/// For each page the run that its first character is in, so that the search is short.
static PAGES: [u16; PAGE_COUNT + 1] = {
    let mut pages = [0; PAGE_COUNT + 1];
    let mut page = 1;
    let mut run = 0;
    while page <= PAGE_COUNT {
        while run + 1 < RUNS.len() && RUNS[run + 1] >> 2 <= (page as u32) << 8 {
            run += 1;
        }
        pages[page] = run as u16;
        page += 1;
    }
    pages
};

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn letters_take_one_cell_and_ideographs_two() {
        assert_eq!(width('a'), Some(1));
        assert_eq!(width('é'), Some(1));
        assert_eq!(width('─'), Some(1));
        assert_eq!(width('界'), Some(2));
        assert_eq!(width('😀'), Some(2));
        assert_eq!(width('\u{10fffd}'), Some(1));
    }

    #[test]
    fn marks_and_joiners_take_none() {
        assert_eq!(width('\u{301}'), Some(0));
        assert_eq!(width('\u{200d}'), Some(0));
        assert_eq!(width('\u{fe0f}'), Some(0));
    }

    #[test]
    fn a_soft_hyphen_takes_a_cell() {
        assert_eq!(width('\u{ad}'), Some(1));
    }

    #[test]
    fn controls_and_unassigned_characters_are_dropped() {
        assert_eq!(width('\u{7f}'), None);
        assert_eq!(width('\u{85}'), None);
        assert_eq!(width('\u{2028}'), None);
        assert_eq!(width('\u{378}'), None);
        assert_eq!(width('\u{10ffff}'), None);
    }

    #[test]
    fn the_runs_are_in_order() {
        assert_eq!(super::RUNS[0] >> 2, 0x100);
        assert!(super::RUNS.is_sorted_by(|a, b| a >> 2 < b >> 2 && a & 3 != b & 3));
    }
}
