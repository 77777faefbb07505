//! A second machine beside the first, taken out of what the journal of the daemon would hold: the
//! machine as JSON, then the inputs as JSON. It must decide as the first one does, else a journal
//! could not be played again.

use ao::supervise::{Action, Input, Now, Supervisor};

/// How many inputs a twin lives for: after that it is taken out of the journal anew.
const AGE_MAX: u32 = 700;

/// See the module.
#[derive(Default)]
pub(crate) struct Twin {
    machine: Option<Supervisor>,
    life: u32,
    age: u32,
}

/// An input that is about to be given to the first machine.
pub(crate) struct Told {
    input: Input,
    /// It is a tick that comes before anything is due: such a one is not journalled if nothing
    /// follows from it.
    early: bool,
}

impl Twin {
    /// Reads the input from the journal, and the machine where a file of it would begin.
    pub(crate) fn before(
        &mut self,
        life: u32,
        first: &Supervisor,
        now: Now,
        input: &Input,
    ) -> Told {
        self.age += 1;
        if self.machine.is_none() || life != self.life || self.age > AGE_MAX {
            self.machine = Some(again(first));
            (self.life, self.age) = (life, 0);
        }
        let due = first.next_deadline().is_some_and(|at| at <= now.mono);
        Told {
            input: again(input),
            early: matches!(input, Input::Tick) && !due,
        }
    }

    /// Holds what the twin decides against what the first machine did.
    pub(crate) fn after(&mut self, now: Now, told: Told, actions: &Vec<Action>) {
        let Some(twin) = &mut self.machine else {
            return;
        };
        if told.early && actions.is_empty() {
            return;
        }
        let text = format!("{:?}", told.input);
        let mut got = Vec::new();
        twin.handle(now, told.input, &mut got);
        assert_eq!(&again(actions), actions, "as JSON it is something else");
        assert_eq!(&got, actions, "after {text}, {} inputs on", self.age);
    }
}

fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("it can be written down");
    serde_json::from_str(&text).expect("it can be read again")
}
