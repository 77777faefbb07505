//! Patterns and texts for the comparison with Python.

/// Patterns that must be judged as in Python, wanted or not: `patterns.txt` has one a line, with
/// headings after `##`.
pub(crate) fn patterns() -> impl Iterator<Item = &'static str> {
    let listed = include_str!("patterns.txt").lines();
    let listed = listed.filter(|line| !line.is_empty() && !line.starts_with("## "));
    listed.chain(ODD_ONES.iter().copied())
}

/// Those that do not fit a line of a file.
const ODD_ONES: &[&str] = &[
    "\\ ",
    "a$\n",
    "$\n",
    "(?m)$\n^",
    "\n$",
    "(?x)a # c\n b",
    "(?x)#\\\nb\na",
    "(?<=\n)a",
];

/// Texts that each pattern is looked for in.
pub(crate) const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "\n",
    "a\n",
    "\na",
    "ab",
    "aab",
    "aaab",
    "abab",
    "ababcd",
    "a\nb",
    "a\nb\n",
    "b\na\n\n",
    "abc abd ac",
    "aabbbbaa",
    "cab",
    "a b",
    "a  b",
    "aa{2} a{b} a{1, 2} a{ 1} {1} {} {,3} a{,",
    "[a] ] - ^ \\ $ . | ? * + ( ) # & ~ _ / ' \" ` @ ! % = : ; , < >",
    "a--b a&&b a||b a~~b [[a]] [:alpha:]",
    "\u{7}\u{8}\u{b}\u{c}\r\t\u{1b}\u{0}",
    "x\u{1c}y\u{1f}z\u{85}w\u{a0}v\u{2028}u\u{3000}t",
    "K k K kk KK s ſ sſ S ss sS",
    "i I İ ı iI ıİ İi",
    "ß ẞ ßẞ ss straße STRASSE STRAẞE",
    "σ ς Σ µ μ Μ ΐ ΐ ι ι \u{345}",
    "ǆ ǅ Ǆ ﬅ ﬆ ᲀ в В å Å Å ω Ω Ω ꙋ ᲈ",
    "ᾳ ᾼ ⓐ Ⓐ ⅷ Ⅷ Ꭰ ꭰ 𐐀 𐐨",
    "é É e\u{301} E\u{301} éé éÉ b\u{301}b b\u{200d}b a‿b",
    "١٢٣ 123 ² ½ ⅷ 一二三 𝟘",
    "😀 ✻ Thinking… (12s · ↓ 749 tokens · esc to interrupt)",
    "✻ Churned for 17s · done 9:34 AM",
    "  ⎿  You've hit your 5-hour limit · resets 12:49pm (UTC)\n\n● Usage limit reached · set to continue\n",
    "■ You’ve hit your usage limit. Upgrade or try again at 12:51 PM.",
    "• Working (12s • esc to interrupt)\n",
    "no limit reached, reached your weekly\nlimit",
    "[retrying in 2h 59m 3s attempt #1]",
    "API Error: 401 Please run /login",
    "❯ 1. Yes\n  2. No\n❯",
    "AB Ab aB",
    "bcd acd abd",
    "c\\ d\\) \\n",
    "Istanbul İstanbul ISTANBUL",
];

/// A pattern and a text for each row of the table of differences.
pub(crate) const DIFFERENT: &[(&str, &str)] =
    &[(r"\N{EM DASH}", "—"), (r"(ß)\1", "ßẞ"), (r"a{1001}", "")];
