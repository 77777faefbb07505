//! Which rows of a capture are one line.

/// For each row whether tmux wrapped it, from the same rows joined (`capture-pane -J`), in which a
/// wrapped row has no end. The rows must have their trailing blanks. None if the two do not agree.
///
/// A line never goes on in a row without text: what empties a row in tmux ends the line before it.
pub(super) fn wraps<'l>(
    rows: &[Vec<u8>],
    joined: impl Iterator<Item = &'l [u8]>,
) -> Option<Vec<bool>> {
    let mut wraps = vec![false; rows.len()];
    let mut at = 0;
    for line in joined {
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
        at += 1;
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
            (&["abc", ""], &["abc"]),
            (&["abc", ""], &["abc", "", ""]),
            (&["", "a"], &["a"]),
            (&[], &[""]),
        ] {
            assert_eq!(of(rows, joined), None, "{rows:?} {joined:?}");
        }
    }
}
