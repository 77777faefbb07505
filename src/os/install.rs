//! How a missing program is installed here.

use std::ffi::OsStr;
use std::path::Path;

/// Package managers, the more specific first, with the words that install a package.
const MANAGERS: &[(&str, &str)] = &[
    ("apt-get", "apt-get install -y"),
    ("dnf", "dnf install -y"),
    ("zypper", "zypper install -y"),
    ("pacman", "pacman -S --noconfirm"),
    ("apk", "apk add"),
    ("yum", "yum install -y"),
];

/// The line to type to get `program`, a package of the same name: for the package manager that is
/// on PATH, with `sudo` where it is needed.
pub fn hint(program: &str) -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    hint_for(program, rustix::process::geteuid().is_root(), |name| {
        is_on_path(&path, name)
    })
}

fn hint_for(program: &str, root: bool, has: impl Fn(&str) -> bool) -> String {
    // Homebrew refuses root; where it is, the system's own manager lacks most of this.
    if has("brew") && !root {
        return format!("brew install {program}");
    }
    match MANAGERS.iter().find(|(manager, _)| has(manager)) {
        Some((_, install)) if root => format!("{install} {program}"),
        Some((_, install)) if has("sudo") => format!("sudo {install} {program}"),
        Some((_, install)) => format!("{install} {program}   (as root)"),
        None => format!("install the package {program} with your system's package manager"),
    }
}

fn is_on_path(path: &OsStr, name: &str) -> bool {
    std::env::split_paths(path).any(|dir| is_executable(&dir.join(name)))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path)
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::hint_for;

    #[test]
    fn the_install_line_is_the_one_of_the_system() {
        let hint =
            |root, programs: &[&str]| hint_for("tmux", root, |name| programs.contains(&name));
        assert_eq!(hint(true, &["apt-get", "sudo"]), "apt-get install -y tmux");
        assert_eq!(
            hint(false, &["apt-get", "sudo"]),
            "sudo apt-get install -y tmux"
        );
        assert_eq!(hint(false, &["apk"]), "apk add tmux   (as root)");
        // Fedora keeps a `yum` that is `dnf`.
        assert_eq!(hint(true, &["yum", "dnf"]), "dnf install -y tmux");
        assert_eq!(hint(false, &["brew", "sudo"]), "brew install tmux");
        assert_eq!(
            hint(false, &[]),
            "install the package tmux with your system's package manager"
        );
    }
}
