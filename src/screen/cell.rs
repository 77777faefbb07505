//! What stands in one cell of the screen, in four bytes.

/// One cell: a character, a cluster of a character and its marks, or the right half of a wide one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell(u32);

const WIDE: u32 = 1 << 31;
const CLUSTER: u32 = 1 << 30;

/// What a cell shows.
pub(super) enum Content {
    Char(char),
    /// An index into [`Clusters`].
    Cluster(usize),
    /// The right half of a wide character: nothing of its own.
    Padding,
}

impl Cell {
    pub(super) const BLANK: Self = Self(b' ' as u32);
    pub(super) const PADDING: Self = Self(0);

    pub(super) const fn ascii(byte: u8) -> Self {
        Self(byte as u32)
    }

    pub(super) fn new(c: char, width: u32) -> Self {
        Self(u32::from(c) | if width > 1 { WIDE } else { 0 })
    }

    fn of_cluster(index: usize, width: u32) -> Self {
        let index = u32::try_from(index).unwrap_or(0) & !(WIDE | CLUSTER);
        Self(index | CLUSTER | if width > 1 { WIDE } else { 0 })
    }

    pub(super) fn is_padding(self) -> bool {
        self == Self::PADDING
    }

    /// Cells that it takes: 2 for a wide character, 0 for a padding.
    pub(super) fn width(self) -> u32 {
        match self {
            Self::PADDING => 0,
            Self(bits) if bits & WIDE != 0 => 2,
            Self(_) => 1,
        }
    }

    /// The same cell two cells wide.
    pub(super) fn widened(self) -> Self {
        Self(self.0 | WIDE)
    }

    /// The cell as a number; two cells that show the same character have the same, clusters apart.
    pub(super) fn bits(self) -> u32 {
        self.0
    }

    /// The index of the cluster that it shows, if it is one.
    pub(super) fn cluster(self) -> Option<usize> {
        let index = self.0 & !(WIDE | CLUSTER);
        (self.0 & CLUSTER != 0).then_some(index as usize)
    }

    pub(super) fn content(self) -> Content {
        if let Some(index) = self.cluster() {
            Content::Cluster(index)
        } else if self.is_padding() {
            Content::Padding
        } else {
            Content::Char(char::from_u32(self.0 & !WIDE).unwrap_or(' '))
        }
    }
}

/// As many bytes as tmux keeps in a cell (3.2a to 3.4: 21).
const CLUSTER_BYTES: usize = 21;

#[derive(Debug, Clone, Copy)]
struct Cluster {
    bytes: [u8; CLUSTER_BYTES],
    len: u8,
}

/// The clusters of a screen's cells. Each belongs to one cell; those whose cell was overwritten
/// are found by a sweep when room is needed, so there are never more than a few times as many as cells.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    all: Vec<Cluster>,
    free: Vec<usize>,
}

/// Fewer are not worth a sweep.
const SWEEP_FROM: usize = 64;

impl Clusters {
    /// The bytes of the character or cluster that a cell shows.
    pub(super) fn size(&self, cell: Cell) -> usize {
        match cell.content() {
            Content::Char(c) => c.len_utf8(),
            Content::Cluster(index) => self.all[index].len.into(),
            Content::Padding => 0,
        }
    }

    /// Whether the last character of a cluster is this one.
    pub(super) fn ends_with(&self, cell: Cell, c: char) -> bool {
        cell.cluster()
            .is_some_and(|index| self.text(index).ends_with(c))
    }

    /// The cell with another character appended; none when it has no room for it.
    pub(super) fn append(&mut self, cell: Cell, c: char) -> Option<Cell> {
        let mut added = [0; 4];
        let added = c.encode_utf8(&mut added).as_bytes();
        if let Some(index) = cell.cluster() {
            self.all[index].push(added).then_some(cell)
        } else {
            let mut cluster = Cluster {
                bytes: [0; CLUSTER_BYTES],
                len: 0,
            };
            if let Content::Char(base) = cell.content() {
                let mut bytes = [0; 4];
                cluster.push(base.encode_utf8(&mut bytes).as_bytes());
            }
            cluster.push(added);
            Some(Cell::of_cluster(self.add(cluster), cell.width()))
        }
    }

    pub(super) fn text(&self, index: usize) -> &str {
        let cluster = &self.all[index];
        std::str::from_utf8(&cluster.bytes[..usize::from(cluster.len)]).unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn memory(&self) -> usize {
        self.all.capacity() * size_of::<Cluster>() + self.free.capacity() * size_of::<usize>()
    }

    /// Whether to sweep before another is added.
    pub(super) fn is_full(&self) -> bool {
        self.free.is_empty()
            && self.all.len() >= SWEEP_FROM
            && self.all.len() == self.all.capacity()
    }

    /// Frees all but those of these cells.
    pub(super) fn sweep(&mut self, cells: impl Iterator<Item = Cell>) {
        let mut used = vec![false; self.all.len()];
        for cell in cells {
            if let Some(index) = cell.cluster() {
                used[index] = true;
            }
        }
        self.free.clear();
        self.free
            .extend((0..used.len()).rev().filter(|&index| !used[index]));
        if self.free.len() < used.len() / 2 {
            // The next sweep is then far enough away to be paid for.
            self.all.reserve(used.len());
        }
    }

    fn add(&mut self, cluster: Cluster) -> usize {
        if let Some(index) = self.free.pop() {
            self.all[index] = cluster;
            index
        } else {
            self.all.push(cluster);
            self.all.len() - 1
        }
    }
}

impl Cluster {
    fn push(&mut self, bytes: &[u8]) -> bool {
        let len = usize::from(self.len);
        let fits = len + bytes.len() <= CLUSTER_BYTES;
        if fits {
            self.bytes[len..len + bytes.len()].copy_from_slice(bytes);
            self.len += u8::try_from(bytes.len()).unwrap_or(0);
        }
        fits
    }
}
