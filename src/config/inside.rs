//! Places inside a text of the config.

/// Where a byte of a text's value stands in the text as it is written, quotes and escapes
/// included; `None` if the two do not belong together.
pub(super) fn written_offset(written: &str, value: &str, offset: usize) -> Option<usize> {
    let quotes = ["\"\"\"", "'''", "\"", "'"]
        .into_iter()
        .find(|quotes| written.starts_with(quotes));
    let Some(quotes) = quotes else {
        // A number that counts as a text.
        return written.is_char_boundary(offset).then_some(offset);
    };
    let mut rest = &written[quotes.len()..];
    if quotes.len() == 3 {
        let newline = ["\r\n", "\n"]
            .into_iter()
            .find_map(|newline| rest.strip_prefix(newline));
        rest = newline.unwrap_or(rest);
    }
    let escapes = quotes.starts_with('"');
    for expected in value.get(..offset)?.chars() {
        rest = skip_joint(rest, escapes);
        rest = match escapes.then(|| rest.strip_prefix('\\')).flatten() {
            Some(escape) => {
                let digits = match escape.chars().next()? {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                escape.get(1 + digits..)?
            }
            // A line may end in two characters, of which the value has one.
            None if expected == '\n' => {
                rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?
            }
            None => rest.strip_prefix(expected)?,
        };
    }
    Some(written.len() - skip_joint(rest, escapes).len())
}

/// A backslash at the end of a line joins it to the next word.
fn skip_joint(rest: &str, escapes: bool) -> &str {
    let joined = rest
        .strip_prefix('\\')
        .filter(|joined| escapes && joined.starts_with([' ', '\t', '\r', '\n']));
    joined.map_or(rest, |joined| {
        joined.trim_start_matches([' ', '\t', '\r', '\n'])
    })
}

#[cfg(test)]
mod tests {
    use super::written_offset;

    #[test]
    fn a_place_in_a_value_is_found_in_what_is_written() {
        for (written, value, at) in [
            (r"'a(b'", "a(b", r"'a"),
            (r#""a(b""#, "a(b", r#""a"#),
            (r#""\\d(b""#, r"\d(b", r#""\\d"#),
            (
                r#""\t\u00e9\U0001F600\"(""#,
                "\té😀\"(",
                r#""\t\u00e9\U0001F600\""#,
            ),
            ("'''\na\n(b'''", "a\n(b", "'''\na\n"),
            ("\"\"\"\r\na\r\n(\"\"\"", "a\r\n(", "\"\"\"\r\na\r\n"),
            ("\"\"\"a\r\n(\"\"\"", "a\n(", "\"\"\"a\r\n"),
            ("\"\"\"a \\\n   (\"\"\"", "a (", "\"\"\"a \\\n   "),
            ("'é('", "é(", "'é"),
        ] {
            let offset = value.find('(').unwrap();
            assert_eq!(
                written_offset(written, value, offset),
                Some(at.len()),
                "{written}"
            );
        }
    }

    #[test]
    fn the_end_of_a_value_is_the_end_quote() {
        assert_eq!(written_offset("'ab'", "ab", 2), Some(3));
        assert_eq!(written_offset("''", "", 0), Some(1));
    }

    #[test]
    fn what_does_not_belong_together_has_no_place() {
        assert_eq!(written_offset("'ab'", "ax", 2), None);
        assert_eq!(written_offset("'ab'", "ab", 3), None);
        assert_eq!(written_offset("1.5", "1.5", 9), None);
    }
}
