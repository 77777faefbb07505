//! The lines that ao sends to tmux, so that the bare driver can send the same.

/// What one `tmux -C` of ao's was started with and told.
pub(crate) struct Recording {
    /// The client's own arguments, after the server's address.
    pub(crate) client: Vec<String>,
    /// The lines of `up`.
    pub(crate) up: Vec<u8>,
    /// The lines of `down`.
    pub(crate) down: Vec<u8>,
    /// What the sessions' names start with.
    pub(crate) prefix: String,
    /// The command of each agent.
    pub(crate) command: String,
    /// How many agents.
    pub(crate) agents: usize,
}

impl Recording {
    /// The question that shows every agent's state.
    pub(crate) fn status(&self) -> &'static str {
        "list-panes -a -F '#{session_name} #{pane_pid} #{pane_dead} #{pane_current_command}'\n"
    }

    /// TEMPORARY
    pub(crate) fn by_hand(agents: usize, prefix: &str, command: &str) -> Self {
        use std::fmt::Write as _;
        let mut up = String::new();
        let mut down = String::new();
        for n in 0..agents {
            let _ = writeln!(
                up,
                "new-session -d -P -F '#{{session_id}} #{{pane_id}} #{{pane_pid}}' -x 80 -y 24 -s ao-tmp-{n} -e A=b -- '{command}' ; set-option -p -t '=ao-tmp-{n}:' remain-on-exit on ; set-option -t '=ao-tmp-{n}:' destroy-unattached off ; set-option -p -t '=ao-tmp-{n}:' @ao_agent 'a{n}' ; link-window -d -s '=ao-tmp-{n}:' -t '=hub:' ; rename-session -t '=ao-tmp-{n}:' -- {prefix}{n}"
            );
            let _ = writeln!(down, "kill-pane -t %{}", n + 1);
        }
        Self {
            client: [
                "-C",
                "new-session",
                "-A",
                "-s",
                "hub",
                "-f",
                "ignore-size,pause-after=1",
                "exec cat",
            ]
            .map(str::to_owned)
            .to_vec(),
            up: up.into(),
            down: down.into(),
            prefix: prefix.to_owned(),
            command: command.to_owned(),
            agents,
        }
    }
}
