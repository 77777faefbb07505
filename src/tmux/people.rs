//! What people do at their terminals.

use tmux_control::command::ListClients;
use tmux_control::{CommandLine, Format, Reply};

use super::{Connection, PaneId, TmuxError};

/// A line for each client: when a key was last pressed in it, whether it is a control client, and the
/// pane that keys go to.
const CLIENT: &str = "#{client_activity} #{client_control_mode} #{pane_id}";

impl Connection {
    /// When somebody last pressed a key in a terminal whose keys go to this pane, or attached it:
    /// whole seconds since 1970, by the clock of the machine. None when no terminal is there.
    ///
    /// # Errors
    /// Whatever befalls the connection.
    pub async fn last_key(&self, pane: PaneId) -> Result<Option<i64>, TmuxError> {
        let clients = ListClients {
            session: None,
            format: Format::new(CLIENT),
        };
        let replies = self.ask(&CommandLine::new(&clients)?).await?;
        let reply = replies.first().ok_or(TmuxError::Disconnected)?;
        if !reply.ok {
            return Err(TmuxError::refused(reply));
        }
        Ok(last_key(reply, pane))
    }
}

fn last_key(reply: &Reply, pane: PaneId) -> Option<i64> {
    let pane = pane.to_string();
    reply
        .lines()
        .filter_map(|line| {
            let line = std::str::from_utf8(line).ok()?;
            let mut words = line.split(' ');
            let at = words.next()?.parse().ok()?;
            let is_person = words.next()? != "1";
            (is_person && words.next()? == pane).then_some(at)
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_terminals_that_type_into_the_pane_count() {
        let lines = [
            "100 0 %1", "300 0 %2", "200 0 %1", "400 1 %1", "nonsense", "",
        ];
        let reply = Reply::new((1, 2, 1), true, lines);
        assert_eq!(last_key(&reply, PaneId(1)), Some(200));
        assert_eq!(last_key(&reply, PaneId(2)), Some(300));
        assert_eq!(last_key(&reply, PaneId(3)), None);
    }
}
