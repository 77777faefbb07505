//! What is going to happen, by time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

#[derive(Debug)]
struct Entry<E> {
    at: Duration,
    number: u64,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// Events in the order of their time; of the same time the first that was planned comes first.
#[derive(Debug)]
pub(crate) struct Queue<E> {
    entries: BinaryHeap<Reverse<Entry<E>>>,
    number: u64,
}

impl<E> Queue<E> {
    pub(crate) fn new() -> Self {
        Self {
            entries: BinaryHeap::new(),
            number: 0,
        }
    }

    pub(crate) fn push(&mut self, at: Duration, event: E) {
        self.number += 1;
        let number = self.number;
        self.entries.push(Reverse(Entry { at, number, event }));
    }

    pub(crate) fn next_at(&self) -> Option<Duration> {
        self.entries.peek().map(|entry| entry.0.at)
    }

    pub(crate) fn pop(&mut self) -> Option<E> {
        self.entries.pop().map(|entry| entry.0.event)
    }

    /// Takes all out that are meant, in their order.
    pub(crate) fn extract(&mut self, mut meant: impl FnMut(&E) -> bool) -> Vec<E> {
        let all = std::mem::take(&mut self.entries).into_sorted_vec();
        let mut out = Vec::new();
        // The vector is sorted by `Reverse`: the latest stands first.
        for entry in all.into_iter().rev() {
            if meant(&entry.0.event) {
                out.push(entry.0.event);
            } else {
                self.entries.push(entry);
            }
        }
        out
    }
}
