//! Statements about a look at a remote, by real git in a temporary directory. The numbers are those
//! of the predecessor's behaviours.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use tempfile::TempDir;

use super::*;
use crate::config::{AgentName, GitName, Pattern};
use crate::os::process::{Pid, is_alive};

/// Nothing here takes so long but on a machine that is very busy.
const DEADLINE: Duration = Duration::from_secs(60);

/// A bare remote, somebody else's clone of it, and the clone that the fleet works with.
struct Rig {
    dir: TempDir,
    handoff: Handoff,
}

fn git(at: &Path, arguments: &[impl AsRef<OsStr>]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(at)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "a")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "a@b")))
        .output()
        .expect("git runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

fn pattern(text: &str) -> Pattern {
    Pattern {
        text: text.to_owned(),
        place: None,
        regex: Arc::new(crate::pattern::Pattern::compile_multi_line(text).unwrap()),
    }
}

impl Rig {
    fn new() -> Self {
        Self::named("clone")
    }

    fn named(clone: &str) -> Self {
        let dir = TempDir::new().unwrap();
        git(
            dir.path(),
            &["init", "-q", "--bare", "-b", "main", "remote"],
        );
        git(dir.path(), &["clone", "-q", "remote", "other"]);
        let handoff = Handoff {
            repo: dir.path().join(clone),
            remote: GitName::new("origin").unwrap(),
            branch: GitName::new("main").unwrap(),
            state_subdir: "machine-docs".to_owned(),
            claim_pattern: pattern("^claim"),
            review_pattern: pattern("^review"),
            claim_pings: AgentName::new("adversary").unwrap(),
            review_pings: AgentName::new("builder").unwrap(),
            claim_inbox: Some("ADVERSARY-INBOX.md".to_owned()),
            review_inbox: Some("BUILDER-INBOX.md".to_owned()),
        };
        let rig = Self { dir, handoff };
        git(&rig.other(), &["checkout", "-q", "-b", "main"]);
        rig.push("begin");
        git(rig.dir.path(), &["clone", "-q", "remote", clone]);
        rig
    }

    fn other(&self) -> PathBuf {
        self.dir.path().join("other")
    }

    fn commit(&self, subject: &str) {
        git(&self.other(), &["add", "-A"]);
        git(
            &self.other(),
            &["commit", "-q", "--allow-empty", "-m", subject],
        );
    }

    fn push(&self, subject: &str) {
        self.commit(subject);
        git(&self.other(), &["push", "-q", "--force", "origin", "HEAD"]);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.other().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    async fn look(&self, since: Option<&str>) -> Remote {
        look(&self.handoff, since).await.unwrap()
    }

    async fn error(&self) -> String {
        let error = look(&self.handoff, None).await.unwrap_err();
        assert!(!error.contains('\n'), "{error}");
        error
    }

    /// A remote that never answers, and the file that its process writes its number into.
    fn hang(&self) -> PathBuf {
        let pid = self.dir.path().join("pid");
        let script = self.dir.path().join("hang");
        // The last line is its own, so that all of it has to be ended, and not by asking.
        let text = format!(
            "#!/bin/sh\ntrap '' TERM HUP INT\necho $$ > '{0}.new'\nmv '{0}.new' '{0}'\n\
             while :; do sleep 600; done\n",
            pid.display()
        );
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
        let script = script.to_str().unwrap();
        git(
            &self.handoff.repo,
            &["config", "remote.origin.uploadpack", script],
        );
        pid
    }
}

async fn until<T>(mut get: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = get() {
            return found;
        }
        assert!(start.elapsed() < DEADLINE, "it never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn read_pid(file: &Path) -> Option<Pid> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[tokio::test]
async fn s106_the_first_commit_that_is_seen_is_only_remembered() {
    let rig = Rig::new();
    rig.push("claim: gate 1");
    let first = rig.look(None).await;
    assert_eq!(first.head, git(&rig.other(), &["rev-parse", "HEAD"]));
    assert_eq!((first.claims.len(), first.reviews.len()), (0, 0));
    assert!(!first.rewritten);
    assert_eq!(rig.look(Some(&first.head)).await, first);
}

#[tokio::test]
async fn s106_what_is_new_is_told_by_its_subjects_the_newest_first() {
    let rig = Rig::new();
    let before = rig.look(None).await.head;
    rig.commit("claim: gate 1");
    rig.commit("a claim in passing");
    rig.commit("Review: gate 1\n\nclaim: in the text below");
    rig.push("CLAIM gate 2");
    let now = rig.look(Some(&before)).await;
    assert_eq!(now.claims, ["CLAIM gate 2", "claim: gate 1"]);
    assert_eq!(now.reviews, ["Review: gate 1"]);
    assert!(!now.rewritten);
    assert_eq!(rig.look(Some(&now.head)).await.claims, Vec::<String>::new());
}

#[tokio::test]
async fn at_most_20_subjects_are_told_and_each_is_short_and_harmless() {
    let rig = Rig::new();
    let before = rig.look(None).await.head;
    for number in 0..22 {
        rig.commit(&format!("claim {number}"));
    }
    rig.commit(&format!("review {}", "x".repeat(5000)));
    rig.push("review \u{1b}]0;title\u{7}\u{202e}\tend");
    let now = rig.look(Some(&before)).await;
    assert_eq!((now.claims.len(), now.claims[0].as_str()), (20, "claim 21"));
    assert_eq!(
        now.reviews[0],
        "review \\u{1b}]0;title\\u{7}\\u{202e}\\tend"
    );
    assert_eq!(now.reviews[1].chars().count(), 201);
}

#[tokio::test]
async fn s111_bytes_that_are_no_utf8_break_nothing() {
    let rig = Rig::new();
    let before = rig.look(None).await.head;
    let message = OsStr::from_bytes(b"claim \xff\xfe");
    git(
        &rig.other(),
        &[
            "commit".as_ref(),
            "-q".as_ref(),
            "--allow-empty".as_ref(),
            "-m".as_ref(),
            message,
        ],
    );
    std::fs::write(rig.other().join("BUILDER-INBOX.md"), b"\xff\0").unwrap();
    rig.push("more");
    let now = rig.look(Some(&before)).await;
    assert!(now.claims[0].starts_with("claim "), "{:?}", now.claims);
    assert!(now.inboxes[1].is_some());
}

#[tokio::test]
async fn s107_an_inbox_is_known_by_what_it_holds() {
    let rig = Rig::new();
    assert_eq!(rig.look(None).await.inboxes, [None, None]);
    rig.write("machine-docs/ADVERSARY-INBOX.md", "look at gate 1\n");
    rig.push("a letter");
    let [first, none] = rig.look(None).await.inboxes;
    assert!(first.is_some() && none.is_none());
    rig.push("something else");
    assert_eq!(
        rig.look(None).await.inboxes[0],
        first,
        "it is the same letter"
    );
    rig.write("machine-docs/ADVERSARY-INBOX.md", "look at gate 2\n");
    rig.push("another letter");
    let [second, _] = rig.look(None).await.inboxes;
    assert!(second.is_some() && second != first);
    rig.write("machine-docs/ADVERSARY-INBOX.md", "");
    rig.write("ADVERSARY-INBOX.md", "at the top, where nobody looks now");
    rig.push("emptied");
    assert_eq!(
        rig.look(None).await.inboxes[0],
        None,
        "an empty one is none"
    );
}

#[tokio::test]
async fn s107_an_inbox_may_be_at_the_top() {
    let mut rig = Rig::new();
    rig.write("BUILDER-INBOX.md", "hello\n");
    rig.write("ADVERSARY-INBOX.md/file", "a directory is no inbox\n");
    rig.write("other dir/BUILDER INBOX.md", "hello\n");
    rig.push("letters");
    let [none, top] = rig.look(None).await.inboxes;
    assert!(none.is_none() && top.is_some());
    for (subdir, inbox) in [
        (".", "BUILDER-INBOX.md"),
        ("./a/..", "./BUILDER-INBOX.md"),
        ("", "BUILDER-INBOX.md"),
        ("other dir", "BUILDER INBOX.md"),
        ("/other dir", "other dir/BUILDER INBOX.md"),
    ] {
        rig.handoff.state_subdir = subdir.to_owned();
        rig.handoff.review_inbox = Some(inbox.to_owned());
        assert_eq!(rig.look(None).await.inboxes[1], top, "{subdir} {inbox}");
    }
    for nowhere in ["../BUILDER-INBOX.md", "/BUILDER-INBOX.md", "..", "."] {
        rig.handoff.review_inbox = Some(nowhere.to_owned());
        rig.handoff.claim_inbox = None;
        assert_eq!(rig.look(None).await.inboxes, [None, None], "{nowhere}");
    }
}

#[tokio::test]
async fn branch_and_remote_are_those_of_the_config() {
    let mut rig = Rig::new();
    git(&rig.other(), &["checkout", "-q", "-b", "feat/x"]);
    rig.push("claim on a branch");
    git(
        &rig.handoff.repo,
        &["remote", "rename", "origin", "up/stream"],
    );
    rig.handoff.remote = GitName::new("up/stream").unwrap();
    rig.handoff.branch = GitName::new("feat/x").unwrap();
    let head = git(&rig.other(), &["rev-parse", "feat/x"]);
    assert_eq!(rig.look(None).await.head, head);
    rig.handoff.branch = GitName::new("feat").unwrap();
    assert_eq!(
        rig.error().await,
        "the remote `up/stream` has no branch `feat`"
    );
}

#[tokio::test]
async fn a_look_moves_nothing_that_others_use_and_runs_no_hook() {
    let rig = Rig::new();
    let repo = &rig.handoff.repo;
    let hooks = repo.join(".git/hooks");
    let mark = rig.dir.path().join("ran");
    let script = format!("#!/bin/sh\ntouch '{}'\n", mark.display());
    for name in ["reference-transaction", "post-merge"] {
        std::fs::create_dir_all(&hooks).unwrap();
        std::fs::write(hooks.join(name), &script).unwrap();
        std::fs::set_permissions(hooks.join(name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    let settings = git(repo, &["config", "--list", "--local"]);
    let tracking = git(repo, &["rev-parse", "origin/main"]);
    git(&rig.other(), &["tag", "v1"]);
    git(&rig.other(), &["push", "-q", "origin", "v1"]);
    rig.push("claim");
    let now = rig.look(Some(&tracking)).await;
    assert_eq!(now.claims, ["claim"]);
    assert!(!mark.exists());
    assert_eq!(git(repo, &["config", "--list", "--local"]), settings);
    std::fs::remove_dir_all(&hooks).unwrap();
    assert_eq!(git(repo, &["rev-parse", "origin/main"]), tracking);
    assert!(!repo.join(".git/FETCH_HEAD").exists());
    assert_eq!(git(repo, &["tag"]), "");
    assert_eq!(git(repo, &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn s110_a_moved_commit_is_not_told_again_and_a_new_one_is() {
    let rig = Rig::new();
    let begin = rig.look(None).await.head;
    rig.commit("claim: gate 1");
    rig.push("claim: gate 2");
    let before = rig.look(Some(&begin)).await;
    assert_eq!(before.claims.len(), 2);
    // The same commits on another one, as a rebase makes them.
    let other = rig.other();
    git(&other, &["checkout", "-q", "-b", "moved", &begin]);
    rig.commit("a base of their own");
    git(
        &other,
        &["cherry-pick", "--allow-empty", &format!("{begin}..main")],
    );
    git(&other, &["branch", "-f", "main", "HEAD"]);
    git(&other, &["checkout", "-q", "main"]);
    rig.commit("review: gate 1");
    rig.push("claim: gate 3");
    let now = rig.look(Some(&before.head)).await;
    assert!(now.rewritten);
    assert_eq!(
        (now.claims, now.reviews),
        (vec!["claim: gate 3".into()], vec!["review: gate 1".into()])
    );
}

#[tokio::test]
async fn s110_a_history_with_nothing_in_common_is_told_and_nothing_of_it_is_new() {
    let rig = Rig::new();
    let before = rig.look(None).await.head;
    git(&rig.other(), &["checkout", "-q", "--orphan", "fresh"]);
    rig.commit("claim: all of it");
    git(&rig.other(), &["branch", "-f", "main", "HEAD"]);
    git(&rig.other(), &["checkout", "-q", "main"]);
    rig.push("claim: more");
    for since in [before.as_str(), &"0".repeat(40), "gone", "--all", "HEAD"] {
        let now = rig.look(Some(since)).await;
        assert!(now.rewritten, "{since}");
        assert_eq!(now.claims, Vec::<String>::new(), "{since}");
    }
}

#[tokio::test]
async fn s110_a_path_is_never_a_piece_of_a_shell_line() {
    let rig = Rig::named("it's `touch x` $(touch y); \"z\"");
    rig.push("claim");
    assert!(!rig.look(None).await.head.is_empty());
    let made: Vec<_> = std::fs::read_dir(rig.dir.path()).unwrap().collect();
    assert_eq!(made.len(), 3);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let mut rig = Rig::new();
    let root = rig.dir.path().to_owned();
    rig.handoff.branch = GitName::new("dev").unwrap();
    assert_eq!(rig.error().await, "the remote `origin` has no branch `dev`");
    // A path that git would take for a remote.
    git(&root, &["clone", "-q", "remote", "clone/up"]);
    rig.handoff.remote = GitName::new("up").unwrap();
    assert!(rig.error().await.ends_with("clone has no remote `up`"));
    rig.handoff.remote = GitName::new("origin").unwrap();
    rig.handoff.branch = GitName::new("main").unwrap();
    std::fs::rename(root.join("remote"), root.join("moved")).unwrap();
    let error = rig.error().await;
    assert!(
        error.starts_with("the remote `origin` cannot be fetched: "),
        "{error}"
    );
    rig.handoff.repo = root.join("plain");
    assert!(rig.error().await.starts_with("there is no directory "));
    std::fs::create_dir(root.join("plain")).unwrap();
    assert!(rig.error().await.ends_with("plain is no git repository"));
}

#[tokio::test]
async fn s105_a_remote_that_hangs_is_given_up_and_ended_with_all_that_it_started() {
    let rig = Rig::new();
    let pid = rig.hang();
    let limits = Limits {
        // Long enough for its process to say its number.
        fetch: Duration::from_secs(2),
        local: DEADLINE,
    };
    let error = look_within(&rig.handoff, None, limits).await.unwrap_err();
    assert_eq!(error, "the remote `origin` did not answer in 2 s");
    let pid = until(|| read_pid(&pid)).await;
    until(|| (!is_alive(pid)).then_some(())).await;
    assert!(
        !rig.handoff
            .repo
            .join(".git/refs/ao/origin/main.lock")
            .exists()
    );
}

#[tokio::test]
async fn s105_a_look_that_nobody_waits_for_any_more_is_ended() {
    let rig = Rig::new();
    let file = rig.hang();
    let handoff = rig.handoff.clone();
    let looking = tokio::spawn(async move { look(&handoff, None).await });
    let pid = until(|| read_pid(&file)).await;
    assert!(is_alive(pid));
    looking.abort();
    until(|| (!is_alive(pid)).then_some(())).await;
}

#[tokio::test]
async fn a_lock_that_a_killed_git_left_is_in_the_way_once() {
    let rig = Rig::new();
    let lock = rig.handoff.repo.join(".git/refs/ao/origin/main.lock");
    std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
    let file = std::fs::File::create(&lock).unwrap();
    let error = rig.error().await;
    assert!(error.contains("File exists"), "{error}");
    assert!(lock.exists(), "another git may hold it");
    let old = std::time::SystemTime::now() - Duration::from_secs(3600);
    file.set_modified(old).unwrap();
    rig.error().await;
    assert!(!lock.exists());
    assert!(!rig.look(None).await.head.is_empty());
}
