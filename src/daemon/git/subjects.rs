//! Subjects of new commits.

use std::collections::HashMap;

use super::command::Git;
use super::said::shown;
use crate::config::Pattern;
use crate::pattern::Outcome;

/// How many commits are looked at: the newest.
const COMMITS_MAX: &str = "--max-count=500";
/// How many subjects are told.
const TOLD_MAX: usize = 20;
/// How much of a subject is told.
const SHOWN_MAX: usize = 200;
/// How much of a subject is searched.
const SEARCHED_MAX: usize = 2000;

/// What is new on a branch.
#[derive(Debug, Default)]
pub(super) struct New {
    /// The commit of the last look is no ancestor, or is not known any more.
    pub(super) rewritten: bool,
    /// Subjects of new commits, the newest first.
    pub(super) subjects: Vec<String>,
}

/// What is new on `head` since a commit of before.
pub(super) async fn since(git: &Git<'_>, since: Option<&str>, head: &str) -> Result<New, String> {
    let Some(since) = since.filter(|since| *since != head) else {
        return Ok(New::default());
    };
    // What is no commit's id may be an option.
    if !is_id(since) {
        return Ok(New::rewritten(Vec::new()));
    }
    let ancestor = ["merge-base", "--is-ancestor", since, head];
    match git.run(&ancestor).await?.code() {
        Some(0) => Ok(New {
            rewritten: false,
            subjects: subjects(commits(git, since, head).await?),
        }),
        Some(1) if git.run(&["merge-base", since, head]).await?.code() == Some(0) => {
            let moved = commits(git, head, since).await?;
            let new = without(commits(git, since, head).await?, moved);
            Ok(New::rewritten(subjects(new)))
        }
        // Nothing in common, or the old one is gone: everything would be new.
        Some(_) => Ok(New::rewritten(Vec::new())),
        None => Err("git was ended while it looked for what is new".to_owned()),
    }
}

impl New {
    fn rewritten(subjects: Vec<String>) -> Self {
        Self {
            rewritten: true,
            subjects,
        }
    }
}

/// A commit as it stays through a rebase: when it was written, and its subject.
type Commit = (String, String);

/// The commits that are on `to` and not on `from`, the newest first.
async fn commits(git: &Git<'_>, from: &str, to: &str) -> Result<Vec<Commit>, String> {
    let range = format!("{from}..{to}");
    let text = git
        .succeed(&[
            "log",
            "-z",
            "--format=%at %s",
            "--encoding=UTF-8",
            "--no-color",
            "--no-show-signature",
            COMMITS_MAX,
            &range,
            "--",
        ])
        .await?;
    let entries = text.split('\0').filter_map(|entry| entry.split_once(' '));
    Ok(entries
        .map(|(time, subject)| (time.to_owned(), subject.to_owned()))
        .collect())
}

/// Commits without those that were only moved. Two of one second and subject are two.
fn without(mut commits: Vec<Commit>, moved: Vec<Commit>) -> Vec<Commit> {
    let mut left: HashMap<Commit, usize> = HashMap::new();
    for commit in moved {
        *left.entry(commit).or_default() += 1;
    }
    commits.retain(|commit| match left.get_mut(commit) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    commits
}

fn subjects(commits: Vec<Commit>) -> Vec<String> {
    commits.into_iter().map(|(_, subject)| subject).collect()
}

fn is_id(text: &str) -> bool {
    [40, 64].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The subjects that a pattern matches, fit to be shown.
pub(super) fn that_match(pattern: &Pattern, subjects: &[String]) -> Vec<String> {
    let matches = |subject: &&String| {
        let end = subject.char_indices().nth(SEARCHED_MAX);
        let end = end.map_or(subject.len(), |(end, _)| end);
        matches!(pattern.regex.search(&subject[..end]), Outcome::Match(_))
    };
    let matching = subjects.iter().filter(matches).take(TOLD_MAX);
    matching.map(|subject| shown(subject, SHOWN_MAX)).collect()
}
