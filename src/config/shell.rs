//! Text for a shell of the POSIX family: the one quoting function, and templates whose slots are
//! filled so that no value can leave its place.

/// A text as one word of a shell: in single quotes, in which nothing is special but their end.
pub(super) fn quote(text: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    push_in_single(&mut quoted, text);
    quoted.push(b'\'');
    quoted
}

/// What a slot of a template stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot<'v> {
    /// A value: it stays one word, whatever is in it.
    Value(&'v [u8]),
    /// Always quoted, even where nothing in it needs it.
    Quoted(&'v [u8]),
    /// A piece of shell that a person wrote.
    Shell(&'v [u8]),
}

/// Fills the slots `{name}` of a shell line. Slots that are not known stay as they are; what a
/// value holds is not looked at again.
///
/// A value is written for the quotes that it stands in: `--model '{model}'`, `--model "{model}"`
/// and `--model {model}` are all safe. An empty value outside quotes is nothing at all.
pub(super) fn fill(template: &str, slots: &[(&str, Slot<'_>)]) -> Vec<u8> {
    let mut line = Vec::with_capacity(template.len());
    let mut quotes = Quotes::default();
    let mut rest = template;
    while let Some(next) = rest.chars().next() {
        let slot = slots.iter().find_map(|(name, slot)| {
            let after = rest
                .strip_prefix('{')?
                .strip_prefix(name)?
                .strip_prefix('}')?;
            Some((after, slot))
        });
        if let Some((after, slot)) = slot {
            push_slot(&mut line, *slot, quotes.innermost());
            quotes.passed_word();
            rest = after;
            continue;
        }
        quotes.step(next);
        let (head, after) = rest.split_at(next.len_utf8());
        line.extend_from_slice(head.as_bytes());
        rest = after;
    }
    line
}

fn push_slot(line: &mut Vec<u8>, slot: Slot<'_>, context: Context) {
    match (slot, context) {
        (Slot::Shell(text), _) => line.extend_from_slice(text),
        (Slot::Value(value) | Slot::Quoted(value), Context::Single) => push_in_single(line, value),
        (Slot::Value(value) | Slot::Quoted(value), Context::Double) => push_in_double(line, value),
        (Slot::Value(value), Context::Bare | Context::Substitution) if is_plain(value) => {
            line.extend_from_slice(value);
        }
        (Slot::Value(value) | Slot::Quoted(value), _) => line.extend(quote(value)),
    }
}

/// Whether a word means itself in every shell of the family. `=` and `~` do not at its start.
fn is_plain(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"@%+:,./_-".contains(byte))
}

fn push_in_single(line: &mut Vec<u8>, value: &[u8]) {
    for byte in value {
        match byte {
            b'\'' => line.extend_from_slice(br"'\''"),
            other => line.push(*other),
        }
    }
}

fn push_in_double(line: &mut Vec<u8>, value: &[u8]) {
    for byte in value {
        if b"$`\"\\".contains(byte) {
            line.push(b'\\');
        }
        line.push(*byte);
    }
}

/// What a character of a shell line stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Bare,
    Single,
    Double,
    /// Inside `$( … )`, where quoting begins anew.
    Substitution,
}

/// How deep a line is in quotes and substitutions.
#[derive(Debug, Default)]
struct Quotes {
    /// What is open, without the line itself, which is bare.
    open: Vec<Context>,
    /// The character before, unless it was escaped or ended something.
    before: Option<char>,
}

impl Quotes {
    fn innermost(&self) -> Context {
        self.open.last().copied().unwrap_or(Context::Bare)
    }

    fn passed_word(&mut self) {
        self.before = None;
    }

    fn step(&mut self, next: char) {
        let before = self.before.take();
        let context = self.innermost();
        if before == Some('\\') && context != Context::Single {
            return;
        }
        self.before = Some(next);
        match (context, next) {
            (Context::Single, '\'') | (Context::Double, '"') => {
                self.open.pop();
            }
            (Context::Single, _) => {}
            (Context::Substitution, ')') => {
                self.open.pop();
            }
            (Context::Bare | Context::Substitution, '\'') => self.open.push(Context::Single),
            (Context::Bare | Context::Substitution, '"') => self.open.push(Context::Double),
            (_, '(') if before == Some('$') => self.open.push(Context::Substitution),
            // A subshell, or the second of `$((`: its end must be told from the substitution's.
            (Context::Substitution, '(') => self.open.push(Context::Substitution),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    /// What a real shell makes of a line that prints its arguments.
    fn run(line: &[u8]) -> Vec<u8> {
        use std::os::unix::ffi::OsStrExt;
        let output = Command::new("/bin/sh")
            .arg("-c")
            .arg(std::ffi::OsStr::from_bytes(line))
            .output()
            .expect("there is a shell");
        assert!(output.status.success(), "{output:?}");
        output.stdout
    }

    #[test]
    fn a_value_means_itself_in_every_kind_of_quotes() {
        let values: [&[u8]; 9] = [
            b"gpt-5",
            b"two words",
            b"it's",
            b"a\"b",
            b"$(touch x)`touch y`$HOME",
            b"\\",
            b"a\nb",
            b"; exit 3 #",
            "é\u{1f600}~*?[".as_bytes(),
        ];
        let templates = [
            "printf %s {v}",
            "printf %s '{v}'",
            "printf %s \"{v}\"",
            "printf %s \"$(printf %s '{v}')\"",
        ];
        for value in values {
            for template in templates {
                let line = fill(template, &[("v", Slot::Value(value))]);
                assert_eq!(run(&line), value, "{template} {value:?}");
            }
        }
    }

    #[test]
    fn slots_are_filled_in_one_pass_and_unknown_ones_stay() {
        let slots = [
            ("a", Slot::Shell(b"{b}".as_slice())),
            ("b", Slot::Value(b"x")),
        ];
        assert_eq!(fill("{a} {b} {c} {} {", &slots), b"{b} x {c} {} {");
    }

    #[test]
    fn a_quote_that_is_escaped_opens_nothing() {
        assert_eq!(
            fill(r"a\'b {v}", &[("v", Slot::Value(b"x y"))]),
            br"a\'b 'x y'"
        );
        assert_eq!(
            fill(r#""a\"{v}""#, &[("v", Slot::Value(b"$x"))]),
            br#""a\"\$x""#
        );
    }

    #[test]
    fn an_empty_value_outside_quotes_is_nothing() {
        assert_eq!(fill("run {v}", &[("v", Slot::Value(b""))]), b"run ");
        assert_eq!(fill("run '{v}'", &[("v", Slot::Value(b""))]), b"run ''");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn quoted_bytes_survive_a_shell(bytes in proptest::collection::vec(1_u8.., 0..64)) {
            let mut line = b"printf %s ".to_vec();
            line.extend(quote(&bytes));
            prop_assert_eq!(run(&line), bytes);
        }

        #[test]
        fn no_template_panics(template in ".{0,40}", value in ".{0,20}") {
            fill(&template, &[("v", Slot::Value(value.as_bytes()))]);
        }
    }
}
