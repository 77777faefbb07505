//! Which request a reply answers.

use std::{collections::VecDeque, fmt};

use crate::Reply;

/// The requests that wait for replies, oldest first. `T` is what tells them apart: a channel to
/// answer on, say.
///
/// tmux answers in order, so the lines must be written in the order of [`Pending::push`].
///
/// ```
/// use tmux_control::{Pending, Reply};
///
/// let mut pending = Pending::new(16);
/// pending.push("two commands", 2).unwrap();
/// let reply = |number| Reply::new((1, number, 1), true, [""; 0]);
/// assert!(pending.on_reply(reply(7)).is_none());
/// let (request, replies) = pending.on_reply(reply(8)).unwrap();
/// assert_eq!((request, replies.len()), ("two commands", 2));
/// ```
#[derive(Debug)]
pub struct Pending<T> {
    requests: VecDeque<Request<T>>,
    capacity: usize,
    unexpected: u64,
}

#[derive(Debug)]
struct Request<T> {
    token: T,
    missing: usize,
    replies: Vec<Reply>,
}

/// As many requests wait as may; this one was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingFull<T>(pub T);

impl<T> fmt::Display for PendingFull<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many requests wait for tmux to reply")
    }
}

impl<T: fmt::Debug> std::error::Error for PendingFull<T> {}

impl<T> Pending<T> {
    /// At most `capacity` requests may wait: tmux buffers replies without a limit.
    pub fn new(capacity: usize) -> Self {
        Self {
            requests: VecDeque::new(),
            capacity,
            unexpected: 0,
        }
    }

    /// Says that a line was written that gives so many blocks, see
    /// [`crate::CommandLine::blocks`]. A line that gives none is complete at once: its token
    /// comes back. (No [`crate::CommandLine`] is such a line, but white space and comments are.)
    ///
    /// # Errors
    /// No more requests may wait; the line must not be written.
    pub fn push(&mut self, token: T, blocks: usize) -> Result<Option<T>, PendingFull<T>> {
        if blocks == 0 {
            return Ok(Some(token));
        }
        if self.requests.len() >= self.capacity {
            return Err(PendingFull(token));
        }
        self.requests.push_back(Request {
            token,
            missing: blocks,
            replies: Vec::new(),
        });
        Ok(None)
    }

    /// Takes a reply. Gives the oldest request with all its replies once the last one came; that
    /// is the first that failed, since tmux drops the rest of the line without a block.
    ///
    /// A reply that is not [`Reply::is_ours`] answers nobody and changes nothing.
    pub fn on_reply(&mut self, reply: Reply) -> Option<(T, Vec<Reply>)> {
        if !reply.is_ours() {
            return None;
        }
        let Some(request) = self.requests.front_mut() else {
            self.unexpected += 1;
            return None;
        };
        request.missing = if reply.ok { request.missing - 1 } else { 0 };
        request.replies.push(reply);
        if request.missing > 0 {
            return None;
        }
        self.requests
            .pop_front()
            .map(|request| (request.token, request.replies))
    }

    /// How many requests wait.
    pub fn len(&self) -> usize {
        self.requests.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// How many more may wait.
    pub fn room(&self) -> usize {
        self.capacity - self.requests.len()
    }

    /// The request that is answered next.
    pub fn front(&self) -> Option<&T> {
        self.requests.front().map(|request| &request.token)
    }

    /// How many replies came that no request waited for. Above zero, something was written that
    /// was not pushed, and no match can be trusted.
    pub fn unexpected(&self) -> u64 {
        self.unexpected
    }

    /// Gives up on all, oldest first: the stream has ended.
    pub fn drain(&mut self) -> impl Iterator<Item = T> + '_ {
        self.requests.drain(..).map(|request| request.token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(flags: u32, ok: bool) -> Reply {
        Reply::new((1, 2, flags), ok, ["line"])
    }

    #[test]
    fn a_request_is_complete_when_all_its_blocks_came() {
        let mut pending = Pending::new(9);
        pending.push('a', 1).unwrap();
        pending.push('b', 3).unwrap();
        let done = |pending: &mut Pending<char>, ok| {
            pending
                .on_reply(reply(1, ok))
                .map(|(token, replies)| (token, replies.len()))
        };
        assert_eq!(done(&mut pending, true), Some(('a', 1)));
        assert_eq!(done(&mut pending, true), None);
        assert_eq!(done(&mut pending, true), None);
        assert_eq!(done(&mut pending, true), Some(('b', 3)));
        assert!(pending.is_empty());
    }

    #[test]
    fn after_an_error_the_rest_of_the_line_gives_no_block() {
        let mut pending = Pending::new(9);
        pending.push('a', 3).unwrap();
        pending.push('b', 1).unwrap();
        assert!(pending.on_reply(reply(1, true)).is_none());
        let (token, replies) = pending.on_reply(reply(1, false)).unwrap();
        assert_eq!((token, replies.len(), replies[1].ok), ('a', 2, false));
        assert_eq!(pending.on_reply(reply(1, true)).unwrap().0, 'b');
    }

    #[test]
    fn blocks_of_hooks_and_of_the_attach_command_answer_nobody() {
        let mut pending = Pending::new(9);
        pending.push('a', 1).unwrap();
        assert!(pending.on_reply(reply(0, true)).is_none());
        assert!(pending.on_reply(reply(0, false)).is_none());
        assert_eq!((pending.len(), pending.unexpected()), (1, 0));
        assert!(pending.on_reply(reply(1, true)).is_some());
        assert!(pending.on_reply(reply(1, true)).is_none());
        assert_eq!(pending.unexpected(), 1);
    }

    #[test]
    fn a_line_without_a_block_is_complete_at_once_and_waits_for_none() {
        let mut pending = Pending::new(1);
        assert_eq!(pending.push('a', 0), Ok(Some('a')));
        assert_eq!(pending.push('b', 1), Ok(None));
        assert_eq!(pending.push('c', 0), Ok(Some('c')));
        assert_eq!(pending.push('d', 1), Err(PendingFull('d')));
        assert_eq!(pending.drain().collect::<String>(), "b");
    }
}
