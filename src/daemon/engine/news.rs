//! What tasks of the engine report back.

use super::Engine;
use super::files::Paper;
use crate::daemon::delivery::Receipt;
use crate::daemon::ending::Force;
use crate::daemon::wire::{Level, Note, What};
use crate::detect::Fact;
use crate::supervise::{Input, Judgement, Op, UnitName};
use crate::tmux::{Pane, PaneId, SessionId};

/// A report of a task.
#[derive(Debug)]
pub(in crate::daemon) enum News {
    /// The result of an action, as it is.
    Result(Input),
    /// A start worked.
    Started {
        unit: UnitName,
        op: Op,
        session: SessionId,
        pane: PaneId,
        old: Option<PaneId>,
        pid: i32,
        started_as: String,
        resumed: bool,
        typed: Option<crate::config::Typed>,
        warnings: Vec<String>,
    },
    /// A dead unit's pane is gone.
    Cleared {
        unit: UnitName,
        op: Op,
        pane: PaneId,
    },
    /// What stood on a dead unit's screen.
    LastScreen { unit: UnitName, rows: Vec<String> },
    /// A text arrived, or did not.
    Delivered {
        unit: UnitName,
        pane: PaneId,
        receipt: Receipt,
    },
    /// A unit's processes are gone, or not.
    Ended {
        unit: UnitName,
        op: Op,
        pane: Option<PaneId>,
        force: Force,
    },
    /// The predecessor's watchdog is gone.
    PredecessorEnded,
    /// What a file of the fleet says.
    Paper(Paper),
    /// The panes, and what ran when they were asked for.
    Listed {
        panes: Vec<Pane>,
        expected: Vec<(UnitName, PaneId)>,
    },
    /// A unit's screen shows something else than before.
    Shows {
        unit: UnitName,
        pane: PaneId,
        fact: Fact,
    },
    /// Something to tell about a unit.
    Told { unit: UnitName, note: Note },
}

impl Engine {
    pub(super) fn on_news(&mut self, news: News) {
        match news {
            News::Result(input) => self.on_result(input),
            News::Started {
                unit,
                op,
                session,
                pane,
                old,
                pid,
                started_as,
                resumed,
                typed,
                warnings,
            } => {
                if let Some(old) = old {
                    self.registry.forget(old);
                }
                let runtime = self.runtime(&unit);
                runtime.session = Some(session);
                runtime.started_as = Some(started_as);
                for text in warnings {
                    self.tell(&unit, Level::Warning, text, None);
                }
                self.log_pane(&unit, pane);
                self.handle(Input::Started {
                    unit: unit.clone(),
                    op,
                    pane,
                    pid,
                    resumed,
                    prompting: typed.is_some(),
                });
                if let Some(typed) = typed {
                    self.deliver(unit, pane, typed);
                }
            }
            News::Cleared { unit, op, pane } => {
                self.registry.forget(pane);
                self.handle(Input::Cleared { unit, op });
            }
            News::LastScreen { unit, rows } => self.keep_last_screen(&unit, rows),
            News::Delivered {
                unit,
                pane,
                receipt,
            } => {
                self.runtime(&unit).delivering = false;
                if !matches!(receipt, Receipt::Waits(_)) {
                    let unit = unit.clone();
                    self.handle(Input::Prompted { unit, pane });
                }
                let unit_now = self.supervisor.unit(&unit);
                if unit_now.and_then(|unit| unit.runs_in()) != Some(pane) {
                    let died = [Judgement::Failed, Judgement::Exited];
                    if unit_now.is_some_and(|unit| died.contains(&unit.judgement())) {
                        let text = format!("{unit} ended before its prompt had arrived");
                        let hint = "`ao logs` and `ao status --json` have its last words";
                        self.tell(&unit, Level::Error, text, Some(hint));
                    }
                    return;
                }
                match receipt {
                    Receipt::Landed => {}
                    Receipt::Unconfirmed(why) => {
                        let text = format!("the prompt was typed for {unit}, but {why}");
                        self.tell(
                            &unit,
                            Level::Warning,
                            text,
                            Some("look at it with `ao attach`"),
                        );
                    }
                    Receipt::Waits(why) => {
                        let text = format!("the prompt for {unit} is not typed yet: {why}");
                        let hint = "look at it with `ao attach`; it is typed as soon as it can be";
                        self.tell(&unit, Level::Warning, text, Some(hint));
                    }
                    Receipt::Failed(why) => {
                        let text = format!("the prompt did not reach {unit}: {why}");
                        let hint = "type it yourself with `ao attach`, or `ao restart` it";
                        self.tell(&unit, Level::Error, text, Some(hint));
                    }
                }
            }
            News::Ended {
                unit,
                op,
                pane,
                force,
            } => {
                if let Some(pane) = pane {
                    self.registry.forget(pane);
                }
                match force {
                    Force::None => {}
                    Force::Terminated => self.tell(
                        &unit,
                        Level::Warning,
                        format!("{unit} ignored the hang-up and had to be terminated"),
                        None,
                    ),
                    Force::Killed => self.tell(
                        &unit,
                        Level::Warning,
                        format!("{unit} ignored the request to end and had to be killed"),
                        None,
                    ),
                    Force::Survived => self.tell(
                        &unit,
                        Level::Error,
                        format!("processes of {unit} could not be ended"),
                        Some("`ps` shows what they wait for"),
                    ),
                }
                self.handle(Input::Ended { unit, op });
            }
            News::PredecessorEnded => self.predecessor_ended(),
            News::Paper(paper) => self.on_paper(paper),
            News::Listed { panes, expected } => self.on_list(panes, expected),
            News::Shows { unit, pane, fact } => {
                self.look_into_conversation(&unit, pane, &fact);
                self.handle(Input::Shows { unit, pane, fact });
            }
            News::Told { unit, note } => self.tell_note(&unit, note),
        }
    }

    fn on_result(&mut self, input: Input) {
        if let Input::StartFailed { unit, .. } = &input {
            self.one_off.remove(unit);
        }
        self.handle(input);
    }

    /// Tells whoever waits for this unit, the event stream and the log.
    pub(super) fn tell(&mut self, unit: &UnitName, level: Level, text: String, hint: Option<&str>) {
        let hint = hint.map(str::to_owned);
        self.tell_note(unit, Note { level, text, hint });
    }

    fn tell_note(&mut self, unit: &UnitName, note: Note) {
        self.publish(What::Told {
            agent: Some(unit.to_string()),
            text: note.text.clone(),
        });
        self.note_batches(unit, &note);
    }
}
