//! git, called with what it may do and for how long.

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, SystemTime};

use tokio::process::Command;

use super::child::{self, Failure, Output};
use super::said;
use crate::config::Handoff;

/// What no look needs, and what a repository could have run or wait.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.writeCommitGraph=false",
    "protocol.ext.allow=never",
    "log.showSignature=false",
    // Less than a byte a second for half a minute is no connection.
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=30",
];

/// Variables of git that say how to reach a remote. All its others would lead to another
/// repository or to other settings, as those that git sets for a hook do.
const KEPT: &[&str] = &[
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_EXEC_PATH",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_SSL_CERT",
    "GIT_SSL_KEY",
    "GIT_SSL_NO_VERIFY",
    "GIT_PROXY_COMMAND",
    "GIT_PROXY_SSL_CAINFO",
    "GIT_HTTP_PROXY_AUTHMETHOD",
    "GIT_HTTP_USER_AGENT",
];

/// What ssh is when nobody says otherwise: it asks for nothing and does not wait for ever.
const SSH: &str = "ssh -o BatchMode=yes -o ConnectTimeout=20";

/// Nobody but ao locks its references, and no fetch of its own takes nearly so long.
const STALE: Duration = Duration::from_secs(600);

/// git in one repository.
#[derive(Debug)]
pub(super) struct Git<'r> {
    repo: &'r Path,
    /// For what needs no other machine.
    limit: Duration,
    /// Nobody says how ssh is called.
    plain_ssh: bool,
}

/// A file of a commit.
#[derive(Debug)]
pub(super) struct Blob {
    pub(super) id: String,
    pub(super) size: u64,
}

impl<'r> Git<'r> {
    pub(super) fn new(repo: &'r Path, limit: Duration) -> Self {
        let says = |name| std::env::var_os(name).is_some();
        Self {
            repo,
            limit,
            plain_ssh: !says("GIT_SSH_COMMAND") && !says("GIT_SSH"),
        }
    }

    /// Checks that the repository has a remote of this name, since a directory of that name would
    /// be taken for it, and sees whether the settings say how ssh is called.
    pub(super) async fn find_remote(&mut self, remote: &str) -> Result<(), String> {
        if !tokio::fs::metadata(self.repo)
            .await
            .is_ok_and(|it| it.is_dir())
        {
            return Err(format!("there is no directory {}", self.shown_repo()));
        }
        let settings = self.succeed(&["config", "-z", "--list"]).await?;
        let keys = settings.split('\0').map(|entry| {
            let key = entry.split_once('\n');
            key.map_or(entry, |(key, _)| key)
        });
        let url = format!("remote.{remote}.url");
        let mut found = false;
        for key in keys {
            found |= key == url;
            self.plain_ssh &= key != "core.sshcommand";
        }
        if found {
            return Ok(());
        }
        let repository = self.run(&["rev-parse", "--git-dir"]).await?;
        repository.or_error().map_err(|error| match error {
            error if error.starts_with("not a git repository") => {
                format!("{} is no git repository", self.shown_repo())
            }
            error => error,
        })?;
        let repo = self.shown_repo();
        Err(format!("the repository {repo} has no remote `{remote}`"))
    }

    /// Fetches the branch of a hand-off, and says which commit it points to.
    pub(super) async fn fetch(&self, handoff: &Handoff, limit: Duration) -> Result<String, String> {
        let (remote, branch) = (handoff.remote.as_str(), handoff.branch.as_str());
        let reference = reference(remote, branch);
        let refspec = format!("+refs/heads/{branch}:{reference}");
        let mut command = self.command(&[
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-prune",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            // Without it the tracking branch would be moved along.
            "--refmap=",
            "--",
            remote,
            &refspec,
        ]);
        if self.plain_ssh {
            command.env("GIT_SSH_COMMAND", SSH);
        }
        let fetched = child::run(command, b"", limit).await;
        let fetched = fetched.map_err(|failure| match failure {
            Failure::TooLong => format!(
                "the remote `{remote}` did not answer in {} s",
                limit.as_secs_f32()
            ),
            other => failed(&other),
        })?;
        if let Err(error) = fetched.or_error() {
            if error.contains("couldn't find remote ref") {
                return Err(format!("the remote `{remote}` has no branch `{branch}`"));
            }
            if error.contains(".lock': File exists") {
                self.clear_lock(&reference).await;
            }
            return Err(format!("the remote `{remote}` cannot be fetched: {error}"));
        }
        let commit = format!("{reference}^{{commit}}");
        let head = self.succeed(&["rev-parse", "--verify", &commit]).await?;
        Ok(head.trim_end().to_owned())
    }

    /// Removes the lock of a reference of ao's own that a git left which was killed, or whose machine
    /// went down; the next fetch finds it gone.
    async fn clear_lock(&self, reference: &str) {
        let lock = format!("{reference}.lock");
        let Ok(path) = self.succeed(&["rev-parse", "--git-path", &lock]).await else {
            return;
        };
        let path = self.repo.join(path.trim_end_matches('\n'));
        let written = tokio::fs::metadata(&path)
            .await
            .and_then(|it| it.modified());
        let age = written.map(|written| SystemTime::now().duration_since(written));
        if matches!(age, Ok(Ok(age)) if age > STALE) {
            let removed = tokio::fs::remove_file(&path).await;
            tracing::warn!(lock = %path.display(), ?removed, "a lock of a git that was killed");
        }
    }

    /// The files of these names (`COMMIT:PATH`), in their order; none for what is no file.
    pub(super) async fn blobs(
        &self,
        names: impl ExactSizeIterator<Item = &str>,
    ) -> Result<Vec<Option<Blob>>, String> {
        if names.len() == 0 {
            return Ok(Vec::new());
        }
        let asked: String = names.flat_map(|name| [name, "\n"]).collect();
        let command = self.command(&["cat-file", "--batch-check"]);
        let output = child::run(command, asked.as_bytes(), self.limit).await;
        let output = output.map_err(|failure| failed(&failure))?;
        let text = output.or_error()?.text();
        Ok(text.lines().map(blob).collect())
    }

    /// What a command prints.
    ///
    /// # Errors
    /// It failed, and says why.
    pub(super) async fn succeed(&self, arguments: &[&str]) -> Result<String, String> {
        Ok(self.run(arguments).await?.or_error()?.text())
    }

    /// Runs a command that needs no other machine, whether it succeeds or not.
    ///
    /// # Errors
    /// It could not be run, or took too long.
    pub(super) async fn run(&self, arguments: &[&str]) -> Result<Output, String> {
        let run = child::run(self.command(arguments), b"", self.limit).await;
        run.map_err(|failure| failed(&failure))
    }

    fn shown_repo(&self) -> String {
        said::shown(&self.repo.to_string_lossy(), 200)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os() {
            if is_left_out(&name) {
                command.env_remove(name);
            }
        }
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            // Whatever is asked, the answer is empty.
            .env("GIT_ASKPASS", "true")
            .env("SSH_ASKPASS", "true")
            .env("SSH_ASKPASS_REQUIRE", "force")
            .env("GCM_INTERACTIVE", "never")
            // Messages are read by ao too.
            .env("LC_ALL", "C")
            .env_remove("LANGUAGE");
        command.arg("-C").arg(self.repo).arg("--no-pager");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(arguments);
        command
    }
}

impl Output {
    /// The output of a command that succeeded. One that was cut short by its bound did.
    pub(super) fn or_error(self) -> Result<Self, String> {
        if self.cut || self.status.success() {
            Ok(self)
        } else {
            Err(said::error(&self.stderr))
        }
    }

    pub(super) fn code(&self) -> Option<i32> {
        ExitStatus::code(&self.status)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

fn failed(failure: &Failure) -> String {
    match failure {
        Failure::Missing => "there is no git on the PATH".to_owned(),
        Failure::TooLong => "git took too long".to_owned(),
        Failure::Io(error) => format!("git cannot be run: {error}"),
    }
}

fn is_left_out(variable: &OsStr) -> bool {
    variable.as_encoded_bytes().starts_with(b"GIT_") && !KEPT.iter().any(|kept| *kept == variable)
}

/// Where the branch is fetched to. A slash of a name is no level of the reference, so that no
/// branch stands where another one needs a directory.
fn reference(remote: &str, branch: &str) -> String {
    let flat = |name: &str| name.replace('%', "%%").replace('/', "%-");
    format!("refs/ao/{}/{}", flat(remote), flat(branch))
}

/// A line of `cat-file --batch-check`: `ID blob SIZE`, or `NAME missing`.
fn blob(line: &str) -> Option<Blob> {
    let mut words = line.rsplit(' ');
    let size = words.next()?.parse().ok()?;
    let is_file = words.next()? == "blob";
    let id = words.next()?;
    (is_file && words.next().is_none()).then(|| Blob {
        id: id.to_owned(),
        size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_lead_to_another_repository_are_left_out() {
        for left_out in [
            "GIT_DIR",
            "GIT_WORK_TREE",
            "GIT_INDEX_FILE",
            "GIT_OBJECT_DIRECTORY",
            "GIT_CONFIG_COUNT",
            "GIT_CONFIG_PARAMETERS",
            "GIT_ALLOW_PROTOCOL",
            "GIT_TRACE",
            "GIT_SOMETHING_NEW",
        ] {
            assert!(is_left_out(OsStr::new(left_out)), "{left_out}");
        }
        for kept in [
            "GIT_SSH_COMMAND",
            "GIT_CONFIG_GLOBAL",
            "SSH_AUTH_SOCK",
            "HOME",
            "PATH",
        ] {
            assert!(!is_left_out(OsStr::new(kept)), "{kept}");
        }
    }

    #[test]
    fn each_branch_has_a_reference_that_no_other_one_can_block() {
        assert_eq!(reference("origin", "main"), "refs/ao/origin/main");
        let all = ["a", "a/b", "a%b", "a%-b", "a%/b"].map(|branch| reference("o", branch));
        for one in &all {
            assert_eq!(one.matches('/').count(), 3, "{one}");
            assert_eq!(all.iter().filter(|other| *other == one).count(), 1, "{one}");
        }
    }

    #[test]
    fn only_files_have_an_id() {
        let found = blob("ce013625030ba8dba906f756967f9e9ca394464a blob 6").unwrap();
        assert_eq!((found.id.len(), found.size), (40, 6));
        for line in ["0123:a missing", "0123 tree 31", "0123:a b blob 6", "", "x"] {
            assert!(blob(line).is_none(), "{line}");
        }
    }
}
