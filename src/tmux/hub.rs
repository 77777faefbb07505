//! The hub: the session that the connection is attached to, and into which every agent's window is
//! linked.

use std::collections::BTreeMap;

use tmux_control::command::{KillPane, LinkWindow, OptionScope, SetOption, UnlinkWindow};
use tmux_control::{CommandLine, Format, Reply, SessionId};

use super::{Pane, PaneId, TmuxError, Version, WindowId};
use crate::os::process::Pid;

/// What each fleet writes on a server that it uses: an option of the server, named after the fleet;
/// its value is the fleet's prefix.
const MARK: &str = "@ao_fleet_";

/// The name of a fleet's mark.
pub(super) fn mark(fleet: &str) -> String {
    format!("{MARK}{fleet}")
}

/// The fleets, other than `fleet`, that left a mark, from the lines of `show-options -s`.
pub(super) fn other_fleets(options: &Reply, fleet: &str) -> Vec<String> {
    let names = options.lines().filter_map(|line| {
        let name = line.split(|&byte| byte == b' ').next()?;
        let name = std::str::from_utf8(name).ok()?.strip_prefix(MARK)?;
        Some(name.to_owned())
    });
    let is_hash = |name: &String| name.len() == 16 && name.bytes().all(|b| b.is_ascii_hexdigit());
    names
        .filter(|name| is_hash(name) && name != fleet)
        .collect()
}

/// What a server says of itself.
pub(super) struct Identity {
    pub(super) pid: Pid,
    pub(super) start: i64,
    pub(super) hub: SessionId,
    pub(super) version: Version,
    pub(super) default_shell: String,
}

impl Identity {
    /// What is asked; a shell's path may hold spaces, so it comes last.
    pub(super) fn format() -> Format {
        Format::new("#{pid} #{start_time} #{session_id} #{version} #{default-shell}")
    }

    pub(super) fn read(reply: &Reply) -> Option<Self> {
        let text = String::from_utf8_lossy(reply.first_line()).into_owned();
        let mut words = text.splitn(5, ' ');
        Some(Self {
            pid: words.next()?.parse().ok().and_then(Pid::new)?,
            start: words.next()?.parse().ok()?,
            hub: words.next()?.parse().ok()?,
            version: Version::parse(words.next()?)?,
            default_shell: words.next()?.to_owned(),
        })
    }
}

/// The line that makes the session a hub, and puts the fleet's mark on the server.
///
/// The hub, with any orphan in it, goes with its last client; and nobody's configuration moves a
/// client elsewhere or renumbers hundreds of windows. `destroy-unattached` would be the obvious way
/// for the former, but it crashes tmux (3.3a): while a control client is about to exit it no longer
/// counts as attached, and tmux still looks at its session after it is destroyed. `kill-session`
/// takes the clients off first.
pub(super) fn setup(hub: SessionId, fleet: &str, prefix: &str) -> Result<CommandLine, TmuxError> {
    let option = |name: &str, value: &str| {
        let scope = OptionScope::Session(hub.into());
        SetOption::new(scope, name, value)
    };
    let mark = SetOption::new(OptionScope::Server, mark(fleet), prefix);
    Ok(CommandLine::new(&option("destroy-unattached", "off"))?
        .then(&option("client-detached", &last_client_hook(hub)))?
        .then(&option("detach-on-destroy", "on"))?
        .then(&option("renumber-windows", "off"))?
        .then(&mark)?)
}

/// What the server does when a client of the hub is gone. Names of commands lack their last letter,
/// see [`CommandLine::encode_unaliased`]; `if-shell -F` runs no shell.
fn last_client_hook(hub: SessionId) -> String {
    format!("if-shel -F -t '{hub}:' '#{{==:#{{session_attached}},0}}' \"kill-sessio -t '{hub}:'\"")
}

/// What is to be done so that the hub shows what it should.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Windows with an agent that the hub does not show: after a `break-pane`, say.
    pub(super) link: Vec<WindowId>,
    /// Windows that have no agent any more, and that people still see: theirs alone.
    pub(super) unlink: Vec<WindowId>,
    /// Agents whose sessions are gone: somebody ended those, and only the hub kept them alive.
    pub(super) reap: Vec<PaneId>,
}

impl Plan {
    /// Works out what to do. What has no tags of this fleet is never ended.
    pub(super) fn new(panes: &[Pane], fleet: &str) -> Self {
        let mut windows: BTreeMap<WindowId, Vec<&Pane>> = BTreeMap::new();
        for pane in panes {
            windows.entry(pane.window).or_default().push(pane);
        }
        let mut plan = Self::default();
        for (window, panes) in windows {
            let agents: Vec<PaneId> = panes
                .iter()
                .filter(|pane| pane.tags.as_ref().is_some_and(|tags| tags.fleet == fleet))
                .map(|pane| pane.pane)
                .collect();
            let has_home = panes.iter().any(|pane| pane.home.is_some());
            let in_hub = panes.iter().any(|pane| pane.in_hub);
            match (agents.is_empty(), has_home, in_hub) {
                (false, true, false) => plan.link.push(window),
                (false, false, true) => plan.reap.extend(agents),
                (true, true, true) => plan.unlink.push(window),
                _ => {}
            }
        }
        plan
    }

    /// A line for each step: one that fails, because somebody was faster, costs no other.
    pub(super) fn lines(&self, hub: SessionId) -> Result<Vec<CommandLine>, TmuxError> {
        let mut lines = Vec::new();
        for &window in &self.link {
            lines.push(CommandLine::new(&link(window, hub))?);
        }
        for &window in &self.unlink {
            lines.push(CommandLine::new(&UnlinkWindow {
                session: hub.into(),
                window,
                kill: false,
            })?);
        }
        for &target in &self.reap {
            lines.push(CommandLine::new(&KillPane { target })?);
        }
        Ok(lines)
    }
}

/// The command that links a window into the hub.
pub(super) fn link(window: WindowId, hub: SessionId) -> LinkWindow {
    LinkWindow {
        source: window.into(),
        target: hub.into(),
        detached: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tmux::Tags;

    fn pane(pane: u32, window: u32, fleet: &str, home: bool, in_hub: bool) -> Pane {
        let tags = Tags {
            fleet: fleet.to_owned(),
            ..Tags::default()
        };
        Pane {
            pane: PaneId(pane),
            window: WindowId(window),
            home: home.then(|| (SessionId(9), "s".to_owned())),
            pid: None,
            dead: false,
            dead_status: None,
            dead_signal: None,
            command: String::new(),
            tags: (!fleet.is_empty()).then_some(tags),
            in_hub,
            piped: false,
            in_mode: false,
            size: (80, 24),
            attached: false,
            window_panes: 1,
        }
    }

    #[test]
    fn the_hub_shows_what_has_an_agent_and_nothing_else() {
        let panes = [
            pane(1, 1, "f", true, true),   // as it should be
            pane(2, 2, "f", true, false),  // broken out
            pane(3, 3, "", true, true),    // what the agent was broken out of
            pane(4, 4, "f", false, true),  // its session was killed
            pane(5, 5, "", false, true),   // the hub's own window
            pane(6, 6, "", true, false),   // somebody's
            pane(7, 7, "g", true, false),  // another fleet's
            pane(8, 8, "g", false, false), // another fleet's, reaped by it
        ];
        let plan = Plan::new(&panes, "f");
        assert_eq!(plan.link, [WindowId(2)]);
        assert_eq!(plan.unlink, [WindowId(3)]);
        assert_eq!(plan.reap, [PaneId(4)]);
    }

    #[test]
    fn a_persons_split_is_not_reaped_with_the_agent() {
        let panes = [pane(1, 1, "f", false, true), pane(2, 1, "", false, true)];
        let plan = Plan::new(&panes, "f");
        assert_eq!(plan.reap, [PaneId(1)]);
        assert_eq!(plan.unlink, []);
    }

    #[test]
    fn marks_of_other_fleets_are_found_among_the_options() {
        let lines = [
            "@ao_fleet_00000000000000aa x-",
            "@ao_fleet_00000000000000bb \"y z\"",
            "exit-empty on",
            "@ao_fleet_notes mine",
        ];
        let options = Reply::new((1, 2, 1), true, lines);
        let others = other_fleets(&options, "00000000000000aa");
        assert_eq!(others, ["00000000000000bb"]);
    }
}
