//! What the program in a pane is told in its terminal's stead: answers to questions that tmux does not
//! know.
//!
//! The bytes go to the program alone. While a person looks at the pane's history keys go there, and
//! with `synchronize-panes` to other panes too, so tmux is asked first, and then nothing is written.
//! Both lines go without anybody waiting.

use tmux_control::command::{DisplayMessage, Keys, SendKeys};
use tmux_control::{CommandLine, Format, Reply};

use super::{PaneId, TmuxError};

/// What says whether keys reach the program, and only that. tmux 3.2a has all three.
const WAY: &str = "#{pane_in_mode} #{pane_synchronized} #{pane_input_off}";

/// What it says if they do.
const FREE: &[u8] = b"0 0 0";

/// The most answers that are under way at once; more are not given. A program that got none asks
/// again, or does without.
pub(super) const AT_ONCE: usize = 256;

/// The line that asks whether keys reach the program in a pane.
pub(super) fn question(pane: PaneId) -> Result<CommandLine, TmuxError> {
    Ok(CommandLine::new(&DisplayMessage {
        target: Some(pane.into()),
        format: Format::new(WAY),
    })?)
}

/// The line that writes, if nothing is in the way.
pub(super) fn line(pane: PaneId, bytes: &[u8], replies: &[Reply]) -> Option<CommandLine> {
    let reply = replies.first().filter(|reply| reply.ok)?;
    if reply.lines().next() != Some(FREE) {
        return None;
    }
    let keys = SendKeys {
        target: pane,
        keys: Keys::Hex(bytes.to_vec()),
    };
    CommandLine::new(&keys).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_only_where_nothing_else_takes_keys() {
        let pane = PaneId(3);
        let written = |said: &str, ok| {
            let reply = Reply::new((1, 2, 1), ok, [said]);
            let line = line(pane, b"\x1b]", &[reply])?;
            Some(String::from_utf8(line.encode().to_vec()).unwrap())
        };
        assert_eq!(
            written("0 0 0", true).as_deref().map(str::trim),
            Some("send-keys -H -t '%3' -- '1b' '5d'")
        );
        for said in ["1 0 0", "0 1 0", "0 0 1", "", "0 0 0 0"] {
            assert_eq!(written(said, true), None, "{said}");
        }
        assert_eq!(written("0 0 0", false), None);
        assert!(line(pane, b"x", &[]).is_none());
    }
}
