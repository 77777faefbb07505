//! What the bench tells its agents, and what they tell the bench: small files in one directory.
//!
//! An agent looks at `orders` before each repaint and writes `report.N` after it. Both are read and
//! written whole, with one call, so neither side ever waits for the other.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long agents may take to obey.
const OBEY: Duration = Duration::from_secs(60);

/// What an agent is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Nothing, not even painting the first screen: fleets are to start first, and paint then.
    Wait,
    /// Nothing more.
    Rest,
    /// Repaint.
    Repaint,
    /// Repaint, and show a banner now and then.
    Banners,
    /// Agent 0 writes lines as fast as it can, all others do as with [`Task::Banners`].
    Flood,
}

impl Task {
    const ALL: [Self; 5] = [
        Self::Wait,
        Self::Rest,
        Self::Repaint,
        Self::Banners,
        Self::Flood,
    ];
}

/// What all agents are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orders {
    /// Rises with each order, so that an agent can say which one it obeys.
    pub(super) number: u64,
    pub(super) task: Task,
    /// Only so many agents have the task; the others rest.
    pub(super) active: u64,
}

impl Orders {
    fn write(self, file: &File) -> io::Result<()> {
        let task = Task::ALL.iter().position(|task| *task == self.task);
        let fields = [self.number, task.unwrap_or_default() as u64, self.active];
        file.write_all_at(&pack(&fields), 0)
    }

    /// Reads them as an agent does.
    pub(super) fn read(file: &File) -> io::Result<Self> {
        let mut bytes = [0; 24];
        file.read_exact_at(&mut bytes, 0)?;
        let [number, task, active] = unpack(&bytes);
        let task = usize::try_from(task).ok().and_then(|n| Task::ALL.get(n));
        Ok(Self {
            number,
            task: *task.ok_or(io::ErrorKind::InvalidData)?,
            active,
        })
    }
}

/// What one agent did since it started.
#[derive(Clone, Copy, Default)]
pub(super) struct Report {
    /// The orders that it obeys.
    pub(super) orders: u64,
    /// Repaints for which it was time.
    pub(super) due: u64,
    /// Repaints that it wrote. One that waits for its terminal for longer than a period misses some.
    pub(super) drawn: u64,
    /// The longest time that one write took under the present orders, in nanoseconds.
    pub(super) longest: u64,
    /// Bytes that it flooded.
    pub(super) flooded: u64,
}

impl Report {
    fn fields(self) -> [u64; 5] {
        [
            self.orders,
            self.due,
            self.drawn,
            self.longest,
            self.flooded,
        ]
    }

    /// Writes it as an agent does.
    pub(super) fn write(self, file: &File) -> io::Result<()> {
        file.write_all_at(&pack(&self.fields()), 0)
    }

    /// None until the agent has begun.
    fn read(path: &Path) -> Option<Self> {
        let bytes: [u8; 40] = fs::read(path).ok()?.try_into().ok()?;
        let [orders, due, drawn, longest, flooded] = unpack(&bytes);
        Some(Self {
            orders,
            due,
            drawn,
            longest,
            flooded,
        })
    }
}

/// A banner that an agent showed.
#[derive(Clone, Copy)]
pub(super) struct Banner {
    /// Stands on its row; no two are the same.
    pub(super) id: u64,
    /// Just before the write that ends in the row's last byte, in nanoseconds since 1970.
    pub(super) written: u64,
}

impl Banner {
    /// Appends it as an agent does.
    pub(super) fn append(self, mut file: &File) -> io::Result<()> {
        file.write_all(&pack(&[self.id, self.written]))
    }
}

/// The directory, as both sides see it.
pub(super) struct Office(PathBuf);

impl Office {
    pub(super) fn at(dir: &Path) -> Self {
        Self(dir.to_owned())
    }

    pub(super) fn orders(&self) -> PathBuf {
        self.0.join("orders")
    }

    pub(super) fn report(&self, agent: u64) -> PathBuf {
        self.0.join(format!("report.{agent}"))
    }

    pub(super) fn banners(&self, agent: u64) -> PathBuf {
        self.0.join(format!("banners.{agent}"))
    }
}

/// The bench's side: it gives the orders.
pub(super) struct Command {
    office: Office,
    file: File,
    last: u64,
    agents: u64,
}

impl Command {
    /// Makes `dir` for so many agents, who wait at first.
    pub(super) fn new(dir: &Path, agents: usize) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let office = Office::at(dir);
        let mut command = Self {
            file: File::create(office.orders())?,
            office,
            last: 0,
            agents: agents as u64,
        };
        command.await_fleet()?;
        Ok(command)
    }

    /// The next fleet is to wait.
    pub(super) fn await_fleet(&mut self) -> io::Result<()> {
        self.write(Task::Wait, 0)
    }

    fn write(&mut self, task: Task, active: u64) -> io::Result<()> {
        self.last += 1;
        let number = self.last;
        let orders = Orders {
            number,
            task,
            active,
        };
        orders.write(&self.file)
    }

    /// Gives `task` to the first `active` agents, and returns when all obey.
    pub(super) fn order(&mut self, task: Task, active: usize) -> io::Result<()> {
        self.write(task, active as u64)?;
        let end = Instant::now() + OBEY;
        loop {
            let obey = |report: &Report| report.orders == self.last;
            let obedient = self.reports().iter().filter(|it| obey(it)).count() as u64;
            if obedient == self.agents {
                return Ok(());
            }
            if Instant::now() > end {
                let agents = self.agents;
                let text = format!("{obedient} of {agents} agents took the order {task:?}");
                return Err(io::Error::other(text));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What each agent did; of one that has not begun: nothing.
    pub(super) fn reports(&self) -> Vec<Report> {
        (0..self.agents)
            .map(|agent| Report::read(&self.office.report(agent)).unwrap_or_default())
            .collect()
    }

    /// All banners so far, in no order.
    pub(super) fn banners(&self) -> Vec<Banner> {
        let mut banners = Vec::new();
        for agent in 0..self.agents {
            let bytes = fs::read(self.office.banners(agent)).unwrap_or_default();
            banners.extend(bytes.as_chunks::<16>().0.iter().map(|chunk| {
                let [id, written] = unpack(chunk);
                Banner { id, written }
            }));
        }
        banners
    }
}

fn pack(fields: &[u64]) -> Vec<u8> {
    fields
        .iter()
        .flat_map(|field| field.to_le_bytes())
        .collect()
}

fn unpack<const N: usize, const B: usize>(bytes: &[u8; B]) -> [u64; N] {
    let mut fields = [0; N];
    for (field, chunk) in fields.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *field = u64::from_le_bytes(*chunk);
    }
    fields
}
