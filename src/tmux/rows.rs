//! Which rows of a capture are one line.

/// For each row whether tmux wrapped it, from the same rows joined (`capture-pane -J`), in which a
/// wrapped row has no end. The rows must have their trailing blanks. None if the two do not agree.
///
/// Between a row without any text and its neighbours a join does not show; so it is found by the
/// number of empty lines that are missing. An empty row is taken to be wrapped never: what empties a
/// row in tmux ends its line too.
pub(super) fn wraps<'l>(
    rows: &[Vec<u8>],
    joined: impl Iterator<Item = &'l [u8]>,
) -> Option<Vec<bool>> {
    let mut wraps = vec![false; rows.len()];
    let mut lines = joined.peekable();
    let mut at = 0;
    while let Some(line) = lines.next() {
        let row = rows
            .get(at)
            .filter(|row| row.is_empty() == line.is_empty())?;
        let mut rest = line.strip_prefix(row.as_slice())?;
        while !rest.is_empty() {
            wraps[at] = true;
            at += 1;
            let row = rows.get(at).filter(|row| !row.is_empty())?;
            rest = rest.strip_prefix(row.as_slice())?;
        }
        let last = at;
        at += 1;
        if line.is_empty() {
            continue;
        }
        let empty_rows = rows[at..].iter().take_while(|row| row.is_empty()).count();
        let mut empty_lines = 0;
        while lines.next_if(|line| line.is_empty()).is_some() {
            empty_lines += 1;
        }
        match empty_rows.checked_sub(empty_lines)? {
            0 => {}
            1 => wraps[last] = true,
            _ => return None,
        }
        at += empty_rows;
    }
    (at == rows.len()).then_some(wraps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&str], joined: &[&str]) -> Option<Vec<bool>> {
        let rows: Vec<_> = rows.iter().map(|row| row.as_bytes().to_vec()).collect();
        wraps(&rows, joined.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn rows_that_are_one_line_are_wrapped() {
        let rows = ["abc", "de", "x", "", "fgh", "ijk", "l"];
        let joined = ["abcde", "x", "", "fghijkl"];
        let wrapped = [true, false, false, false, true, true, false];
        assert_eq!(of(&rows, &joined).unwrap(), wrapped);
    }

    #[test]
    fn rows_that_end_in_blanks_or_half_a_wide_character_are_no_different() {
        assert_eq!(of(&["a  ", "b "], &["a  b "]).unwrap(), [true, false]);
        assert_eq!(of(&["a漢", "字"], &["a漢字"]).unwrap(), [true, false]);
        assert_eq!(of(&["  ", "  "], &["    "]).unwrap(), [true, false]);
    }

    #[test]
    fn a_line_that_goes_on_in_an_empty_row_is_found_by_the_line_that_is_missing() {
        assert_eq!(of(&["abc", ""], &["abc"]).unwrap(), [true, false]);
        assert_eq!(of(&["abc", ""], &["abc", ""]).unwrap(), [false, false]);
        let rows = ["abc", "", "", "x"];
        assert_eq!(
            of(&rows, &["abc", "", "x"]).unwrap(),
            [true, false, false, false]
        );
        assert_eq!(of(&rows, &["abc", "", "", "x"]).unwrap(), [false; 4]);
    }

    #[test]
    fn empty_rows_above_everything_are_lines() {
        assert_eq!(of(&["", "", "a"], &["", "", "a"]).unwrap(), [false; 3]);
        assert_eq!(of(&["", ""], &["", ""]).unwrap(), [false; 2]);
    }

    #[test]
    fn what_does_not_add_up_is_none() {
        for (rows, joined) in [
            (&["abc", "de"][..], &["abd"][..]),
            (&["abc", "de"], &["abc"]),
            (&["abc"], &["abc", "de"]),
            (&["abc"], &["abcde"]),
            (&["abc", "", ""], &["abc"]),
            (&["abc", ""], &["abc", "", ""]),
            (&["", "a"], &["a"]),
            (&[], &[""]),
        ] {
            assert_eq!(of(rows, joined), None, "{rows:?} {joined:?}");
        }
    }
}
