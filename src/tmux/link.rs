//! One life of the connection: what its reader, its writer and those who ask share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tmux_control::command::DisplayMessage;
use tmux_control::{CommandLine, Format, Pending, Reply};
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;
use tokio::sync::{Notify, OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, timeout};

use super::answers;
use super::news::News;
use super::refill::{self, Paused};
use super::seeds::Seeds;
use super::snapshot::Question;
use super::{Pane, PaneId, TmuxError, Version};

/// How many lines may wait for their answer beside those of callers, who are capped before: one
/// for each pane that is paused, and a few of the connection's own.
const OWN_LINES: usize = 64 * 1024;

/// How long an answer may take before tmux is nudged. Each nudge that stays without an answer doubles
/// it, up to the 64-fold, so that a server that hangs is not sent more and more.
const NUDGE: Duration = Duration::from_secs(1);

/// Who is to be told when a line is answered.
pub(super) enum Token {
    /// Somebody who asked. The answer finds nobody when its deadline has passed; the place in the
    /// queue stays taken until it comes, so that every answer meets its question.
    Asked {
        /// Where the replies go.
        to: oneshot::Sender<Vec<Reply>>,
        /// One of the requests that may be under way at once.
        _permit: Option<OwnedSemaphorePermit>,
    },
    /// Nobody: the tap is given what the pane has, and the pane goes on.
    Refill(Question),
    /// Nobody: the tap is given what the pane shows.
    Seed(Question),
    /// Nobody: the program in the pane is written this, if nothing is in the way.
    Way(PaneId, &'static [u8]),
    /// Nobody: it is written.
    Written,
    /// Nobody: what counts is that there is something to answer.
    Nudge,
}

struct State {
    pending: Pending<Token>,
    /// Lines that are not written yet, in the order of `pending`.
    outgoing: Vec<u8>,
    closing: bool,
    news: News,
    paused: Paused,
    seeds: Seeds,
    /// How many answers to programs are under way.
    answers: usize,
    /// The server's release; until it is known the oldest one.
    version: Version,
    /// When tmux was nudged last, and how many nudges it has not answered.
    nudged: (Option<Instant>, u32),
}

/// One life of the connection.
///
/// The lock is held for a few instructions only, since the reader takes it too.
pub(super) struct Link {
    state: Mutex<State>,
    /// There is something to write, or it is time to close.
    to_write: Notify,
    /// There is news.
    news: Notify,
}

impl Link {
    pub(super) fn new(in_flight: usize) -> Self {
        Self {
            state: Mutex::new(State {
                pending: Pending::new(in_flight + OWN_LINES),
                outgoing: Vec::new(),
                closing: false,
                news: News::default(),
                paused: Paused::default(),
                seeds: Seeds::default(),
                answers: 0,
                version: Version::OLDEST,
                nudged: (None, 0),
            }),
            to_write: Notify::new(),
            news: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it was held cannot leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a line on its way. Never waits.
    fn send(&self, line: &CommandLine, token: Token) -> Result<(), TmuxError> {
        self.send_locked(&mut self.state(), line, token)?;
        self.to_write.notify_one();
        Ok(())
    }

    fn send_locked(
        &self,
        state: &mut State,
        line: &CommandLine,
        token: Token,
    ) -> Result<(), TmuxError> {
        if state.closing || state.news.ended {
            return Err(TmuxError::Disconnected);
        }
        state
            .pending
            .push(token, line.blocks())
            .map_err(|_| TmuxError::Disconnected)?;
        state.outgoing.extend_from_slice(&line.encode_unaliased());
        Ok(())
    }

    /// Sends a line; what it is answered comes through the channel, which closes if nothing can come
    /// any more. An `%error` is an answer too.
    pub(super) fn post(
        &self,
        line: &CommandLine,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<oneshot::Receiver<Vec<Reply>>, TmuxError> {
        let (to, answer) = oneshot::channel();
        let token = Token::Asked {
            to,
            _permit: permit,
        };
        self.send(line, token)?;
        Ok(answer)
    }

    /// Sends a line and waits, without a limit, for the answer.
    pub(super) async fn ask(
        &self,
        line: &CommandLine,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Vec<Reply>, TmuxError> {
        let answer = self.post(line, permit)?;
        self.answer(answer).await
    }

    /// Waits, without a limit, for the answer to what was posted.
    ///
    /// tmux forgets answers that it has ready (3.2 to 3.7c): when an answer stands behind the output
    /// of panes that are just paused, all of it dropped, nothing tells tmux to write what is left. It
    /// does so with the next line that it has to say, and if all panes are paused no other comes. So
    /// it is made to say one.
    pub(super) async fn answer(
        &self,
        mut answer: oneshot::Receiver<Vec<Reply>>,
    ) -> Result<Vec<Reply>, TmuxError> {
        loop {
            match timeout(NUDGE, &mut answer).await {
                Ok(replies) => return replies.map_err(|_| TmuxError::Disconnected),
                Err(_) => self.nudge(),
            }
        }
    }

    /// Asks something, so that tmux writes; unless that was done lately.
    fn nudge(&self) {
        let mut state = self.state();
        let (last, unanswered) = state.nudged;
        let wait = NUDGE * (1 << unanswered.min(6));
        if last.is_some_and(|last| last.elapsed() < wait) {
            return;
        }
        let line = CommandLine::new(&DisplayMessage {
            target: None,
            format: Format::new("ao"),
        });
        // A connection that is over is noticed by who waits for the answer.
        let sent = line.map(|line| self.send_locked(&mut state, &line, Token::Nudge));
        if matches!(sent, Ok(Ok(()))) {
            state.nudged = (Some(Instant::now()), unanswered + 1);
        }
        drop(state);
        self.to_write.notify_one();
    }

    /// A nudge was answered.
    pub(super) fn nudge_answered(&self) {
        self.state().nudged.1 = 0;
    }

    /// Waits until there is news for `look`, which takes it.
    pub(super) async fn news<T>(&self, mut look: impl FnMut(&mut News) -> Option<T>) -> T {
        loop {
            // Made before the look, so that what comes in between is not missed.
            let told = self.news.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if let Some(found) = look(&mut self.state().news) {
                return found;
            }
            told.await;
        }
    }

    /// What is known now.
    pub(super) fn look<T>(&self, look: impl FnOnce(&mut News) -> T) -> T {
        look(&mut self.state().news)
    }

    /// The server is of this release.
    pub(super) fn is_of(&self, version: Version) {
        self.state().version = version;
    }

    /// Gives the tap a snapshot of a pane, soon, and another one with each change of its size.
    pub(super) fn seed(&self, pane: PaneId) {
        let mut state = self.state();
        state.seeds.ask(pane);
        self.ask_for_seeds(state);
    }

    /// These are all panes of the server.
    pub(super) fn listed(&self, panes: &[Pane]) {
        self.state().seeds.listed(panes);
    }

    fn ask_for_seeds(&self, mut state: MutexGuard<'_, State>) {
        while let Some(pane) = state.seeds.next() {
            let question = Question {
                pane,
                history: 0,
                version: state.version,
            };
            let sent = question
                .line()
                .and_then(|line| self.send_locked(&mut state, &line, Token::Seed(question)));
            if sent.is_err() {
                // The connection is over, and with it what was wanted.
                return;
            }
        }
        drop(state);
        self.to_write.notify_one();
    }

    /// Writes something to the program in a pane, soon, unless keys would not reach it.
    pub(super) fn answer_program(&self, pane: PaneId, bytes: &'static [u8]) {
        let mut state = self.state();
        if state.answers >= answers::AT_ONCE {
            return;
        }
        let sent = answers::question(pane)
            .and_then(|line| self.send_locked(&mut state, &line, Token::Way(pane, bytes)));
        if sent.is_ok() {
            state.answers += 1;
            drop(state);
            self.to_write.notify_one();
        }
    }

    /// Closes the client's standard input once all is written: it then detaches. What was asked is
    /// still answered; nothing new is taken.
    pub(super) fn close(&self) {
        self.state().closing = true;
        self.to_write.notify_one();
    }

    /// Writes lines as they come, until it is closed or tmux is gone.
    pub(super) async fn write_to(&self, mut stdin: ChildStdin) {
        loop {
            let (lines, closing) = {
                let mut state = self.state();
                (std::mem::take(&mut state.outgoing), state.closing)
            };
            if lines.is_empty() && closing {
                return;
            }
            if lines.is_empty() {
                self.to_write.notified().await;
                continue;
            }
            // A client that is gone also ends its output, and the reader tells of that.
            if stdin.write_all(&lines).await.is_err() {
                return;
            }
        }
    }
}

/// What the reader does; it never waits.
impl Link {
    /// Whether tmux owes an answer.
    pub(super) fn awaits_answers(&self) -> bool {
        !self.state().pending.is_empty()
    }

    /// Takes a reply; gives the one whose answer is complete with it.
    pub(super) fn on_reply(&self, reply: Reply) -> Option<(Token, Vec<Reply>)> {
        if reply.is_ours() {
            return self.state().pending.on_reply(reply);
        }
        let mut state = self.state();
        if state.news.attached.is_none() {
            state.news.attached = Some(if reply.ok {
                Ok(())
            } else {
                Err(reply.message())
            });
            drop(state);
            self.news.notify_waiters();
        }
        None
    }

    /// Notes news.
    pub(super) fn note(&self, note: impl FnOnce(&mut News)) {
        note(&mut self.state().news);
        self.news.notify_waiters();
    }

    /// A pane was paused: asks for what it has, and for its output from then on.
    pub(super) fn pane_paused(&self, pane: PaneId) {
        let mut state = self.state();
        if !state.paused.begin(pane) {
            return;
        }
        let question = refill::question(pane, state.version);
        let sent = refill::line(question)
            .and_then(|line| self.send_locked(&mut state, &line, Token::Refill(question)));
        if sent.is_err() {
            state.paused.end(pane);
        }
        drop(state);
        self.to_write.notify_one();
    }

    /// A pane's output comes again, or the pane is gone.
    pub(super) fn pane_continues(&self, pane: PaneId) {
        self.state().paused.end(pane);
    }

    /// A watched pane's cell has this size now. Says whether it had another one; a snapshot is on its
    /// way then.
    pub(super) fn pane_resized(&self, pane: PaneId, size: (u32, u32)) -> bool {
        let mut state = self.state();
        let changed = state.seeds.resized(pane, size);
        if changed {
            state.seeds.want(pane);
            self.ask_for_seeds(state);
        }
        changed
    }

    /// The answer to a [`Token::Way`]: what was to be written is, if nothing is in the way.
    pub(super) fn way_answered(&self, pane: PaneId, bytes: &[u8], replies: &[Reply]) {
        let mut state = self.state();
        let line = answers::line(pane, bytes, replies);
        let sent = line.map(|line| self.send_locked(&mut state, &line, Token::Written));
        if matches!(sent, Some(Ok(()))) {
            drop(state);
            self.to_write.notify_one();
        } else {
            state.answers = state.answers.saturating_sub(1);
        }
    }

    /// What was to be written is, or the pane is gone.
    pub(super) fn written(&self) {
        let mut state = self.state();
        state.answers = state.answers.saturating_sub(1);
    }

    /// The answer to a [`Token::Seed`] has been dealt with.
    pub(super) fn seed_answered(&self, pane: PaneId) {
        let mut state = self.state();
        state.seeds.answered(pane);
        self.ask_for_seeds(state);
    }

    /// What is known of a pane's snapshots.
    pub(super) fn seeds<T>(&self, look: impl FnOnce(&mut Seeds) -> T) -> T {
        look(&mut self.state().seeds)
    }

    /// A snapshot of a pane is wanted, if it is still watched.
    pub(super) fn want_seed(&self, pane: PaneId) {
        let mut state = self.state();
        state.seeds.want(pane);
        self.ask_for_seeds(state);
    }

    /// The stream has ended: nobody will be answered any more.
    pub(super) fn end(&self) {
        let forgotten: Vec<Token> = {
            let mut state = self.state();
            state.news.ended = true;
            state.outgoing.clear();
            state.pending.drain().collect()
        };
        drop(forgotten);
        self.close();
        self.news.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> CommandLine {
        let format = Format::new("question");
        let question = DisplayMessage {
            target: None,
            format,
        };
        CommandLine::new(&question).unwrap()
    }

    /// How many nudges are on their way.
    fn nudges(link: &Link) -> usize {
        let outgoing = link.state().outgoing.clone();
        let text = String::from_utf8(outgoing).unwrap();
        text.lines().count() - text.matches("question").count()
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_an_answer_nudges_tmux_and_others_do_not_join_in() {
        let link = Link::new(8);
        let (one, two) = (question(), question());
        let both = async { tokio::join!(link.ask(&one, None), link.ask(&two, None)) };
        assert!(timeout(NUDGE / 2, both).await.is_err());
        assert_eq!(nudges(&link), 0);
        let both = async { tokio::join!(link.ask(&one, None), link.ask(&two, None)) };
        assert!(timeout(NUDGE * 3 / 2, both).await.is_err());
        assert_eq!(nudges(&link), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_hangs_is_nudged_ever_more_rarely() {
        let link = Link::new(8);
        let line = question();
        let hour = Duration::from_secs(3600);
        assert!(timeout(hour, link.ask(&line, None)).await.is_err());
        let sent = nudges(&link);
        assert!((7..100).contains(&sent), "{sent}");
    }
}
