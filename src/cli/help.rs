//! What follows the options in the help texts: examples and exit codes.

/// After `ao --help`.
pub(crate) const ROOT: &str = "\
First steps:
  ao demo              see a fleet at work
  ao init              write a first agents.toml here
  ao up                start it
  ao status            see what runs

Exit codes:
  0  done
  1  it could not be done, or not all of it
  2  the command line or the config is wrong

`ao --config PATH` without a verb shows the status.";

/// After `ao up --help`.
pub(crate) const UP: &str = "\
Examples:
  ao up                         everything that is enabled, and all services
  ao up worker docs             these two, whatever else runs
  ao up watchdog                only the watchdog
  AGENT_MODEL_worker=opus ao up worker
                                with another model, this once; AGENT_BACKEND_<name> likewise

Exit codes:
  0  everything asked for runs
  1  something could not be started, or a part of the config is wrong; the rest runs
  2  the command line or the whole config is wrong; nothing was started";

/// After `ao down --help`.
pub(crate) const DOWN: &str = "\
Examples:
  ao down                       the whole fleet, then the watchdog
  ao down worker                this one; the watchdog will leave it down
  ao down watchdog              only the watchdog; the agents run on

Exit codes:
  0  nothing of what was named runs any more
  1  something still runs, or is not known
  2  the command line or the whole config is wrong";

/// After `ao status --help`.
pub(crate) const STATUS: &str = "\
Examples:
  ao status
  ao status --json | jq -r '.agents[] | select(.state != \"unknown\") | .name'

Exit codes:
  0  the status was shown, whatever it is
  1  it could not be had
  2  the command line or the whole config is wrong

Starts nothing and writes nothing. In the document, `state` is stopped, starting, exited (it ended
with 0), failed, working, idle, limited, fatal, or unknown: it runs and nothing on its screen says
more, which the table calls running; waiting: idle, and says itself until when; retrying,
needs-input, login.";

/// After `ao logs --help`.
pub(crate) const LOGS: &str = "\
Examples:
  ao logs worker                the last 10 lines, then what comes
  ao logs worker -n 200 | less  the last 200 lines
  ao logs watchdog -f           what the watchdog does
  ao logs worker --raw          with its colours

Exit codes:
  0  done
  1  there is no such log
  2  the command line or the whole config is wrong";

/// After `ao restart --help`.
pub(crate) const RESTART: &str = "\
Examples:
  ao restart worker             also how an edited config reaches an agent
  ao restart worker docs

Exit codes:
  0  all of them run anew
  1  one could not be restarted, or is not known
  2  the command line or the whole config is wrong";

/// After `ao phase --help`.
pub(crate) const PHASE: &str = "\
Examples:
  ao phase                      the current phase, and all of them
  ao phase next
  ao phase set 0                from the start again

Exit codes:
  0  done, or the config has no phases
  1  there is no next phase, or it could not be written down
  2  there is no such phase, or the command line or the whole config is wrong";

/// After `ao reset --help`.
pub(crate) const RESET: &str = "\
Examples:
  ao reset worker

Exit codes:
  0  done
  1  one of them is not known to the watchdog, or it could not be asked
  2  the command line or the whole config is wrong";

/// After `ao pause --help`.
pub(crate) const PAUSE: &str = "\
Examples:
  ao pause worker               while you work in its terminal
  ao pause                      everything
  ao resume

Exit codes:
  0  done
  1  one of them is not known to the watchdog, or it could not be asked
  2  the command line or the whole config is wrong";

/// After `ao resume --help`.
pub(crate) const RESUME: &str = "\
Examples:
  ao resume worker
  ao resume                     everything

Exit codes:
  0  done
  1  one of them is not known to the watchdog, or it could not be asked
  2  the command line or the whole config is wrong";

/// After `ao plan --help`.
pub(crate) const PLAN: &str = "\
Examples:
  ao plan
  ao plan --json | jq -r '.stale[].name' | xargs ao restart

Exit codes:
  0  the plan was shown, whatever it is
  1  it could not be had
  2  the command line or the whole config is wrong

Starts nothing and writes nothing. `ao up` starts what is missing and restarts nothing; `ao restart`
brings an edited config to an agent that runs.";

/// After `ao explain --help`.
pub(crate) const EXPLAIN: &str = "\
Examples:
  ao explain worker             its last 24 hours
  ao explain worker --since 8h | less
  ao explain fleet --since 7d
  ao explain worker --json | jq -c 'select(.kind == \"restart\")'

Exit codes:
  0  told, also when nothing happened
  1  there is no journal, or it cannot be read
  2  the command line or the whole config is wrong

Times are those of this machine's zone; with --json they are in UTC, and `seq` is the number of the
journal's entry in that life of the watchdog. Working and being idle by turns is told once, however
often.";

/// After `ao watchdog --help`.
pub(crate) const WATCHDOG: &str = "\
Examples:
  ao watchdog                   until Ctrl-C; the agents run on
  ao watchdog --dry-run         says what it would do, and does nothing
  AO_LOG=debug ao watchdog      with what it does, on stderr

Exit codes:
  0  it was asked to end
  1  it could not run, or another one runs
  2  the command line or the whole config is wrong";

/// After `ao attach --help`.
pub(crate) const ATTACH: &str = "\
Examples:
  ao attach worker

Exit codes:
  0  tmux's own: it was left
  1  the agent does not run, or tmux could not show it
  2  the command line or the whole config is wrong";

/// After `ao screen --help`.
pub(crate) const SCREEN: &str = "\
Examples:
  ao screen worker              what a person would see in its terminal
  ao screen worker --confirm    the same, asked of tmux
  ao screen worker --json | jq -r .title
  ao screen --size 80x24 session.raw
  script -qc 'git log' /dev/null | ao screen --size 80x24 -

Exit codes:
  0  the screen was shown
  1  the agent does not run, no watchdog runs, or the file cannot be read
  2  the command line or the whole config is wrong

All rows are printed, trailing blanks cut. A stream is shown as tmux 3.3 shows it. In the document,
`cursor` is [column, row] from 0, the column being `cols` when the next character wraps; `title` is
empty where the program gave none.";

/// After `ao detect --help`.
pub(crate) const DETECT: &str = "\
Examples:
  ao detect worker              what the watchdog sees of it, and what it does about that
  ao detect --backend claude screen.txt
  tmux capture-pane -p -t %3 | ao detect --backend codex -
  ao detect --backend claude --size 80x24 --stream session.raw
  ao detect --json --backend claude --now 2026-11-23T09:36:00Z screen.txt | jq .limit

Exit codes:
  0  told, whatever it is
  1  it cannot be read, or the agent does not run
  2  the command line or the whole config is wrong

In the document `state` is one of working, retrying, idle, waiting, needs-input, login, limited,
fatal, unknown. `row` counts from 0. `limit` is null unless it is limited; its `until` is in UTC.";

/// After `ao record --help`.
pub(crate) const RECORD: &str = "\
Examples:
  ao record worker odd-dialog   into detect/fixtures/odd-dialog.screen beside the config
  ao record worker odd-dialog --expect needs-input --how 'the second question about a plan'
  ao record worker ./odd.screen

Exit codes:
  0  written
  1  it is there already, could not be written, or the agent does not run
  2  the command line or the whole config is wrong

Look at the file before you give it to others: it has all that stood on the screen.";

/// After `ao selftest --help`.
pub(crate) const SELFTEST: &str = "\
Examples:
  ao selftest
  ao selftest --backend claude
  ao selftest --verbose 'limit*'
  ao selftest --json | jq -r '.failures[].name'

Exit codes:
  0  every fixture gives what it must
  1  one does not, or cannot be read
  2  the command line or the whole config is wrong, or no fixture is called so

A failure shows what was expected (-), what was seen (+), and the screen with the row that showed it.";

/// After `ao check --help`.
pub(crate) const CHECK: &str = "\
Examples:
  ao check
  ao check --config fleets/night.toml

Exit codes:
  0  no mistakes; there may be warnings
  1  a part of it is wrong: those agents, services or the loop would not start
  2  nothing of it could be started";

/// After `ao init --help`.
pub(crate) const INIT: &str = "\
Examples:
  ao init                       here
  ao init fleets/night          there

Exit codes:
  0  written
  1  there is one already, or it could not be written
  2  the command line is wrong";

/// After `ao demo --help`.
pub(crate) const DEMO: &str = "\
Examples:
  ao demo                       the whole story; Ctrl-C ends it sooner
  ao demo --agents 50 --for 1m
  ao demo --for 20s | cat       the events, a line each

Exit codes:
  0  done, and everything is gone again
  1  something went wrong; the message says what
  2  the command line is wrong";

/// After `ao events --help`.
pub(crate) const EVENTS: &str = "\
Examples:
  ao events                     what the watchdog remembers
  ao events -f                  and what comes
  ao events -f --json | jq -c 'select(.kind == \"death\")'

Exit codes:
  0  done
  1  no watchdog runs, or it ended
  2  the command line or the whole config is wrong";

/// After `ao completions --help`.
pub(crate) const COMPLETIONS: &str = "\
Examples:
  ao completions bash > ~/.local/share/bash-completion/completions/ao
  ao completions zsh > ~/.zfunc/_ao
  ao completions fish > ~/.config/fish/completions/ao.fish

Exit codes:
  0  done
  2  no such shell";

/// After `ao man --help`.
pub(crate) const MAN: &str = "\
Examples:
  ao man > ~/.local/share/man/man1/ao.1
  ao man logs | man -l -

Exit codes:
  0  done
  2  no such verb";

/// After `ao hook --help`.
pub(crate) const HOOK: &str = "\
Examples:
  ao hook <event.json           as a program calls it, in an agent that ao started
  ao hook --agent worker '{\"hook_event_name\":\"Stop\"}'
                                by hand: it has nothing to do

Exit codes:
  0  always: programs take other codes for a veto";
