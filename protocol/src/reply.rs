//! What a block holds.

use std::fmt;

use crate::{Notification, grammar};

/// A finished block: `%begin`, lines, and `%end` or `%error`.
///
/// It is one buffer, cheap to hand to another task. tmux does not escape what is in it.
///
/// ```
/// use tmux_control::{Event, Mode, Parser};
///
/// let mut replies = Vec::new();
/// Parser::new(Mode::Control).feed(b"%begin 1 7 1\n%3\n\n%end 1 7 1\n", &mut |event| {
///     if let Event::Reply(reply) = event {
///         replies.push(reply);
///     }
/// });
/// assert!(replies[0].ok && replies[0].is_ours());
/// assert_eq!(replies[0].lines().collect::<Vec<_>>(), [&b"%3"[..], b""]);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// When the server ran the command, in seconds since the epoch.
    pub time: u64,
    /// The command's number: it rises, with gaps, over all clients of the server.
    pub number: u64,
    /// Bit 0 is set when it answers a line of this client.
    pub flags: u32,
    /// Whether the block ended with `%end`; with `%error` the lines say what went wrong.
    pub ok: bool,
    /// How many lines were dropped because they exceeded a limit.
    pub dropped: u64,
    // Each line with its newline; a line cannot hold one.
    body: Vec<u8>,
}

impl Reply {
    /// A reply with these lines, for tests of what uses replies. A line must not hold a newline:
    /// it would be two.
    pub fn new<L: AsRef<[u8]>>(
        (time, number, flags): (u64, u64, u32),
        ok: bool,
        lines: impl IntoIterator<Item = L>,
    ) -> Self {
        let mut body = Vec::new();
        for line in lines {
            body.extend_from_slice(line.as_ref());
            body.push(b'\n');
        }
        Self::from_body((time, number, flags), ok, body, 0)
    }

    pub(crate) fn from_body(
        (time, number, flags): (u64, u64, u32),
        ok: bool,
        body: Vec<u8>,
        dropped: u64,
    ) -> Self {
        Self {
            time,
            number,
            flags,
            ok,
            dropped,
            body,
        }
    }

    /// Whether it answers a line that this client wrote. Others answer the command that attached
    /// the client, or come from a hook.
    pub fn is_ours(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Its lines, without their ends.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &[u8]> + Clone {
        let lines = self.body.strip_suffix(b"\n");
        lines
            .into_iter()
            .flat_map(|lines| lines.split(|&byte| byte == b'\n'))
    }

    /// Its first line; empty if there is none.
    pub fn first_line(&self) -> &[u8] {
        self.lines().next().unwrap_or_default()
    }

    /// All lines with a newline after each, as they came.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The notifications among its lines. Up to 3.7c tmux puts those that a command causes into
    /// the command's own block: `%pause` and `%continue` of `refresh-client`, and `%message` of
    /// `display-message`.
    ///
    /// Only for replies to such commands: what a program painted may look like a notification in
    /// the reply to `capture-pane`. Output is left out, since tmux never puts it into a block.
    ///
    /// ```
    /// use tmux_control::{Notification, PaneId, Reply};
    /// let reply = Reply::new((1, 7, 1), true, ["%pause %3"]);
    /// let pause = Notification::Pause { pane: PaneId(3) };
    /// assert_eq!(reply.notifications().collect::<Vec<_>>(), [pause]);
    /// ```
    pub fn notifications(&self) -> impl Iterator<Item = Notification<'_>> {
        self.lines().filter_map(grammar::plain_notification)
    }

    /// Appends the block as tmux would send it.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let Self {
            time,
            number,
            flags,
            ok,
            ..
        } = self;
        let triple = format!("{time} {number} {flags}\n");
        out.extend_from_slice(format!("%begin {triple}").as_bytes());
        out.extend_from_slice(&self.body);
        let guard = if *ok { "end" } else { "error" };
        out.extend_from_slice(format!("%{guard} {triple}").as_bytes());
    }

    /// All lines as text for people, such as the reason of an error. Bytes that are not UTF-8
    /// become U+FFFD.
    pub fn message(&self) -> String {
        String::from_utf8_lossy(self.body.strip_suffix(b"\n").unwrap_or_default()).into_owned()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let guard = if self.ok { "end" } else { "error" };
        let Self {
            time,
            number,
            flags,
            dropped,
            ..
        } = self;
        write!(
            f,
            "Reply({guard} {time} {number} {flags}, dropped {dropped}, "
        )?;
        f.debug_list()
            .entries(self.lines().map(String::from_utf8_lossy))
            .finish()?;
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_and_one_empty_line_are_told_apart() {
        let lines = |lines: &[&str]| {
            Reply::new((1, 2, 1), true, lines)
                .lines()
                .map(<[u8]>::to_vec)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(&[]).len(), 0);
        assert_eq!(lines(&[""]), [b""]);
        assert_eq!(lines(&["", "a", ""]), [&b""[..], b"a", b""]);
    }
}
