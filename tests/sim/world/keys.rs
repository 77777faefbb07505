//! What becomes of texts that are typed into agents.

use ao::supervise::{Answered, Input, Letter, Purpose, Receipt};
use tmux_control::PaneId;

use super::screen::Screen;
use super::{Event, World};
use crate::faults::Kind;

impl World {
    /// What becomes of a text. The daemon looks at the screen before it types.
    pub(super) fn type_into(&mut self, unit: usize, pane: PaneId, letter: &Letter) -> Receipt {
        let known = &self.units[unit];
        let there = known
            .processes
            .iter()
            .find(|process| process.pane == Some(pane));
        let Some(process) = there.filter(|process| process.alive) else {
            return Receipt::Failed("there is nobody in the pane".to_owned());
        };
        let (pid, screen) = (process.pid, process.shown().clone());
        let patient = match screen {
            Screen::Dialog(_) | Screen::Login | Screen::Retrying => true,
            Screen::Limited(_) => !letter.purpose.goes_through_limit(),
            Screen::Working => self.units[unit].temper.shows_activity,
            _ => false,
        };
        let draft = self.chance.percent(4);
        if draft {
            self.counts.hit(Kind::TypingWaits);
        }
        if !self.server_is_there() || patient || draft {
            return Receipt::Waits("it is no good moment".to_owned());
        }
        match self.chance.below(100) {
            0..=2 => {
                self.counts.hit(Kind::TypingFails);
                return Receipt::Failed("it was not seen".to_owned());
            }
            3 if letter.purpose == Purpose::Wake => {
                return Receipt::Nothing("the file is empty".to_owned());
            }
            _ => {}
        }
        self.reacts(unit, pid, letter.purpose);
        if self.chance.percent(6) {
            self.counts.hit(Kind::TypingUnconfirmed);
            return Receipt::Unconfirmed("its screen shows nothing of it".to_owned());
        }
        Receipt::Landed
    }

    /// An agent does something about a text, or not.
    pub(super) fn reacts(&mut self, unit: usize, pid: i32, purpose: Purpose) {
        let screen = self.units[unit]
            .process(pid)
            .map(|process| process.screen.clone());
        if matches!(screen, Some(Screen::Limited(_))) && !self.account_is_free(unit) {
            return;
        }
        if matches!(purpose, Purpose::Probe | Purpose::Resume) && self.chance.percent(15) {
            self.counts.hit(Kind::IgnoresProbe);
            return;
        }
        let deaf = purpose == Purpose::Nudge && self.chance.percent(50);
        if matches!(screen, Some(Screen::Fatal | Screen::Full)) || deaf {
            return;
        }
        self.show(unit, pid, Screen::Working);
    }

    /// What becomes of an answer. The daemon looks at the screen before it presses a key.
    pub(super) fn answer(&mut self, unit: usize, pane: PaneId, dialog: &str) -> Answered {
        let known = &self.units[unit];
        let there = known
            .processes
            .iter()
            .find(|process| process.pane == Some(pane));
        let Some(process) = there.filter(|process| process.alive) else {
            return Answered::Failed("there is nobody in the pane".to_owned());
        };
        let (pid, screen) = (process.pid, process.shown().clone());
        if !self.server_is_there() || screen != Screen::Dialog(dialog.to_owned()) {
            return Answered::Failed("it does not stand there".to_owned());
        }
        let option = "Yes".to_owned();
        match self.chance.below(100) {
            0..=8 => {
                self.counts.hit(Kind::AnswerWaits);
                return Answered::Waits("somebody is typing there".to_owned());
            }
            9..=20 => {
                self.counts.hit(Kind::AnswerInVain);
                return Answered::Stands(option);
            }
            21..=24 => return Answered::Failed("no option is labelled so".to_owned()),
            25 => return Answered::Never("its options cannot be told apart".to_owned()),
            _ => {}
        }
        self.counts.hit(Kind::AnswerGiven);
        if self.units[unit].asks_until > self.clock.awake {
            // It goes, and comes again.
            self.counts.hit(Kind::DialogComesAgain);
            let dialog = dialog.to_owned();
            let back = self.chance.ms(100, 8000);
            self.show(unit, pid, Screen::Idle);
            if let Some(process) = self.units[unit].process(pid) {
                process.epoch += 1;
                let epoch = process.epoch;
                let event = Event::Asks {
                    unit,
                    pid,
                    epoch,
                    dialog,
                };
                self.after(back, event);
            }
        } else {
            self.works(unit, pid);
        }
        Answered::Gone(option)
    }

    pub(crate) fn prompted(&mut self, unit: usize, pid: i32) {
        if let Some(process) = self.units[unit].process(pid) {
            process.prompting = false;
        }
        let known = &self.units[unit];
        if let Some((pane, told)) = known.told.place
            && told == pid
        {
            let unit = known.name.clone();
            self.tell(Input::Prompted { unit, pane });
        }
    }
}
