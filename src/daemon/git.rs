//! One look at the remote branch of a hand-off.
//!
//! git runs as a child with arguments, never in a shell, with a limit of time and of output. What
//! the repository's owner set up to reach the remote (credentials, ssh) counts; hooks, monitors and
//! prompts do not. Nothing that others use is changed: the branch is fetched into a reference of
//! ao's own, and neither the tracking branch nor FETCH_HEAD moves, so no agent's `git pull` finds
//! them locked or changed.

mod child;
mod command;
mod said;
mod subjects;
#[cfg(test)]
mod tests;

use std::path::{Component, Path};
use std::time::Duration;

use crate::config::Handoff;
use crate::supervise::Remote;
use command::Git;

/// How long git may take.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// To fetch.
    fetch: Duration,
    /// For each thing that needs no other machine.
    local: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fetch: Duration::from_secs(60),
            local: Duration::from_secs(10),
        }
    }
}

/// Looks at the branch that a hand-off goes over, and at what is new on it after the commit
/// `since`; nothing is new without one. Must be called in a runtime; dropping the future ends git.
///
/// # Errors
/// A sentence on one line: there is no git, no such repository, remote or branch, the remote did
/// not answer in time, or what git itself says.
pub(super) async fn look(handoff: &Handoff, since: Option<&str>) -> Result<Remote, String> {
    look_within(handoff, since, Limits::default()).await
}

async fn look_within(
    handoff: &Handoff,
    since: Option<&str>,
    limits: Limits,
) -> Result<Remote, String> {
    let mut git = Git::new(&handoff.repo, limits.local);
    git.find_remote(handoff.remote.as_str()).await?;
    let head = git.fetch(handoff, limits.fetch).await?;
    let new = subjects::since(&git, since, &head).await?;
    Ok(Remote {
        rewritten: new.rewritten,
        claims: subjects::that_match(&handoff.claim_pattern, &new.subjects),
        reviews: subjects::that_match(&handoff.review_pattern, &new.subjects),
        inboxes: inboxes(&git, handoff, &head).await?,
        head,
    })
}

/// The ids of the inboxes' content. The file in `state_subdir` counts, else that at the top.
async fn inboxes(
    git: &Git<'_>,
    handoff: &Handoff,
    head: &str,
) -> Result<[Option<String>; 2], String> {
    let mut asked = Vec::new();
    for (inbox, name) in [&handoff.claim_inbox, &handoff.review_inbox]
        .into_iter()
        .enumerate()
    {
        for directory in [handoff.state_subdir.as_str(), ""] {
            let path = name.as_ref().map(|name| Path::new(directory).join(name));
            let path = path.and_then(|path| inside(&path));
            asked.extend(path.map(|path| (inbox, format!("{head}:{path}"))));
        }
    }
    let mut found = [None, None];
    let blobs = git.blobs(asked.iter().map(|(_, name)| name.as_str()));
    for ((inbox, _), blob) in asked.iter().zip(blobs.await?) {
        let of = &mut found[*inbox];
        *of = of.take().or(blob);
    }
    Ok(found.map(|blob| blob.filter(|blob| blob.size > 0).map(|blob| blob.id)))
}

/// A path as a commit's tree has it; none for one that is absolute or leads out of the tree.
fn inside(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
