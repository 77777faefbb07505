//! The file as written becomes a [`Fleet`]: every key resolved, every reference checked.
//!
//! A file a table: [`settings`] for what belongs to the whole fleet, [`backends`], [`agents`],
//! [`services`], [`loops`]; [`environment`] joins the levels of `env`, and [`collisions`] finds
//! what two claim. Each collects its findings; only here is decided what they reach.

mod agents;
mod backend_choice;
mod backends;
mod collisions;
mod environment;
mod loops;
mod presets;
mod services;
mod settings;

pub use presets::beside as presets_beside;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::agent::{Agent, Kind, Service};
use super::diagnostic::{Diagnostic, Reach};
use super::environment::Environment;
use super::findings::{At, Findings, in_order};
use super::fleet::{Broken, Fleet, Loaded, Unit};
use super::names::{AgentName, SessionName};
use super::overrides::Overrides;
use super::paths::Host;
use super::raw::{self, Entry, Section, kind_of};
use super::reader::Reader;
use super::schema;
use super::source::Source;
use backends::BackendDraft;
use loops::LoopDraft;
use settings::Basics;

/// Resolves a whole config.
pub(super) fn resolve(source: &Source, overrides: &Overrides, host: &Host) -> Loaded {
    let mut whole = Findings::default();
    let Some(root) = raw::parse(source, &mut whole) else {
        let diagnostics = whole.diagnostics(source, &Reach::Whole);
        return Loaded {
            fleet: None,
            diagnostics: in_order(diagnostics, source),
        };
    };
    let files = RefCell::default();
    let input = Input {
        source,
        overrides,
        host,
        files: &files,
    };
    Resolution::new(input, whole, root.get_ref()).finish()
}

/// What a resolution is given.
#[derive(Debug, Clone, Copy)]
struct Input<'s> {
    source: &'s Source,
    overrides: &'s Overrides,
    host: &'s Host,
    /// Every file that was read or looked for beside the config.
    files: &'s RefCell<BTreeSet<PathBuf>>,
}

impl<'s> Input<'s> {
    fn reader<'a, 'd>(&self, section: &'a Section<'d>, findings: &'a mut Findings) -> Reader<'a, 'd>
    where
        's: 'a,
    {
        Reader {
            section,
            findings,
            source: self.source,
            host: self.host,
        }
    }
}

/// What agents and services are resolved against.
#[derive(Debug)]
struct Surroundings<'s, 'd> {
    input: Input<'s>,
    defaults: Section<'d>,
    /// The variables of `[defaults]`, and what is wrong with them: everybody shares it.
    default_env: (Environment, Findings),
    basics: Basics,
    backends: BTreeMap<String, BackendDraft>,
    loop_: LoopDraft,
}

/// An agent or a service on its way, with what is wrong with it so far.
#[derive(Debug)]
struct Draft {
    unit: Unit,
    name: Option<Spanned<AgentName>>,
    session: Option<Spanned<SessionName>>,
    kind: Option<Kind>,
    enabled: bool,
    /// The backend that it asks for.
    backend: Option<String>,
    role: Option<String>,
    findings: Findings,
    resolved: Option<Resolved>,
}

#[derive(Debug)]
enum Resolved {
    Agent(Box<Agent>),
    Service(Box<Service>),
}

impl Draft {
    fn reach(&self) -> Reach {
        match (&self.name, self.unit) {
            (None, _) => Reach::Unnamed,
            (Some(name), Unit::Agent) => Reach::Agent(name.get_ref().clone()),
            (Some(name), Unit::Service) => Reach::Service(name.get_ref().clone()),
        }
    }
}

/// Everything, resolved but not yet judged.
#[derive(Debug)]
struct Resolution<'s, 'd> {
    around: Surroundings<'s, 'd>,
    /// Mistakes that leave no fleet.
    whole: Findings,
    /// Mistakes that leave a setting at its default.
    settings: Findings,
    drafts: Vec<Draft>,
    watchdog: super::fleet::WatchdogSettings,
    tmux: super::fleet::TmuxSettings,
}

impl<'s, 'd> Resolution<'s, 'd> {
    fn new(input: Input<'s>, mut whole: Findings, root: &'d DeTable<'d>) -> Self {
        let mut settings = Findings::default();
        let root = Section::new("the config".to_owned(), root, 0..0);
        input
            .reader(&root, &mut settings)
            .unknown_keys(schema::ROOT);
        let defaults = top_table(&root, "defaults", &mut whole);
        let basics = settings::basics(&input, &defaults, &mut whole, &mut settings);
        let tmux = top_table(&root, "tmux", &mut whole);
        let tmux = settings::tmux(&input, &tmux, &basics, &mut whole, &mut settings);
        let watchdog = top_table(&root, "watchdog", &mut settings);
        let watchdog = settings::watchdog(&input, &watchdog, &mut settings);
        let default_env = environment::of(&input, &defaults, &basics.project_dir);
        let named = backend_choice::named(&input, &root, &defaults);
        let backends = backends::all(&input, &root, &basics, &named, &mut settings);
        let names = loops::names(&root);
        let loop_ = loops::resolve(&input, &root, &basics, &names);
        let around = Surroundings {
            input,
            defaults,
            default_env,
            basics,
            backends,
            loop_,
        };
        let mut drafts = Vec::new();
        for entry in tables(&root, "agent", &mut settings) {
            drafts.push(agents::resolve(&around, entry));
        }
        for entry in tables(&root, "service", &mut settings) {
            drafts.push(services::resolve(&around, entry));
        }
        let mut resolution = Self {
            around,
            whole,
            settings,
            drafts,
            watchdog,
            tmux,
        };
        resolution.cross_check();
        resolution
    }

    /// What only shows when everything is known.
    fn cross_check(&mut self) {
        collisions::check(
            self.around.input.source,
            &self.around.basics,
            &mut self.drafts,
        );
        loops::check_roles(&mut self.around.loop_, &self.drafts);
        if self.drafts.is_empty() {
            self.settings.extend(&self.around.default_env.1);
        }
        for draft in &mut self.drafts {
            draft.findings.extend(&self.around.default_env.1);
        }
        let used: BTreeSet<&str> = self
            .drafts
            .iter()
            .filter_map(|draft| draft.backend.as_deref())
            .collect();
        for (name, backend) in &self.around.backends {
            // What is wrong with a backend is told with those who use it.
            let shown = if used.contains(name.as_str()) {
                backend.findings.warnings()
            } else {
                backend.findings.as_warnings()
            };
            self.settings.extend(&shown);
        }
        for variable in self.around.input.overrides.unreadable() {
            let message = format!("the variable {variable} is not UTF-8; it has no effect");
            self.settings
                .warning(At::Nowhere, message, "set it to a name of the config");
        }
    }

    fn finish(self) -> Loaded {
        let source = self.around.input.source;
        let loop_ = self.around.loop_;
        let loop_broken = loop_.findings.errors().diagnostics(source, &Reach::Loop);
        let mut diagnostics = self.whole.errors().diagnostics(source, &Reach::Whole);
        diagnostics.extend(self.whole.warnings().diagnostics(source, &Reach::Settings));
        diagnostics.extend(self.settings.diagnostics(source, &Reach::Settings));
        diagnostics.extend(loop_.findings.diagnostics(source, &Reach::Loop));
        let used: BTreeSet<String> = self
            .drafts
            .iter()
            .filter_map(|draft| draft.backend.clone())
            .collect();
        let judged = Judged::of(self.drafts, source, &loop_broken, &mut diagnostics);
        let basics = self.around.basics;
        let backends = self.around.backends.into_iter();
        // A preset that nobody uses is no backend of this fleet.
        let backends = backends.filter(|(name, draft)| draft.declared || used.contains(name));
        let backends = backends.filter_map(|(_, draft)| draft.backend);
        let fleet = Fleet {
            path: source.real.clone(),
            env_files: self.around.input.files.take().into_iter().collect(),
            project_dir: basics.project_dir,
            state_dir: basics.log_dir.join("state"),
            log_dir: basics.log_dir,
            session_prefix: basics.session_prefix,
            log: basics.log,
            tmux: self.tmux,
            watchdog: self.watchdog,
            backends: backends
                .map(|backend| (backend.name.clone(), backend))
                .collect(),
            agents: judged.agents,
            services: judged.services,
            loop_: loop_.resolved.filter(|_| loop_broken.is_empty()),
            loop_broken,
            broken: one_of_each_name(judged.broken),
        };
        let fleet = (!self.whole.has_errors()).then_some(fleet);
        Loaded {
            fleet,
            diagnostics: in_order(diagnostics, source),
        }
    }
}

/// Who is valid and who is not.
#[derive(Debug, Default)]
struct Judged {
    agents: Vec<Agent>,
    services: Vec<Service>,
    broken: Vec<Broken>,
}

impl Judged {
    /// Tells everything to `diagnostics`. What is wrong with the loop breaks its agents too.
    fn of(
        drafts: Vec<Draft>,
        source: &Source,
        loop_broken: &[Diagnostic],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut judged = Self::default();
        for draft in drafts {
            let own = draft.findings.diagnostics(source, &draft.reach());
            let mut errors: Vec<_> = own.iter().filter(|one| one.is_error()).cloned().collect();
            diagnostics.extend(own);
            if draft.kind == Some(Kind::Loop) {
                errors.extend(loop_broken.iter().cloned());
            }
            match draft.resolved {
                Some(Resolved::Agent(agent)) if errors.is_empty() => judged.agents.push(*agent),
                Some(Resolved::Service(one)) if errors.is_empty() => judged.services.push(*one),
                _ => judged.broken.extend(draft.name.map(|name| Broken {
                    name: name.into_inner(),
                    unit: draft.unit,
                    session: draft.session.map(Spanned::into_inner),
                    kind: draft.kind,
                    enabled: draft.enabled,
                    diagnostics: errors,
                })),
            }
        }
        judged
    }
}

/// Two of one name are both broken, and are one to whoever asks for the name.
fn one_of_each_name(broken: Vec<Broken>) -> Vec<Broken> {
    let mut kept: Vec<Broken> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for one in broken {
        match index.get(&one.name) {
            Some(first) => {
                let first: &mut Broken = &mut kept[*first];
                first.diagnostics.extend(one.diagnostics);
                first.enabled |= one.enabled;
            }
            None => {
                index.insert(one.name.clone(), kept.len());
                kept.push(one);
            }
        }
    }
    kept
}

/// A table at the top of the file; one that is absent has every key at its default.
fn top_table<'d>(root: &Section<'d>, key: &str, findings: &mut Findings) -> Section<'d> {
    let title = format!("[{key}]");
    match root.own(key) {
        None => Section::absent(&title),
        Some(Entry {
            value: DeValue::Table(table),
            key_span,
            ..
        }) => Section::new(title, table, key_span),
        Some(entry) => {
            let message = format!("`{key}` must be a table, and is {}", kind_of(entry.value));
            findings.error(
                entry.span,
                message,
                format!("put its keys under a {title} header"),
            );
            Section::absent(&title)
        }
    }
}

/// The tables of a list of tables at the top of the file.
fn tables<'d>(root: &Section<'d>, key: &str, findings: &mut Findings) -> Vec<Entry<'d>> {
    let Some(entry) = root.own(key) else {
        return Vec::new();
    };
    let DeValue::Array(values) = entry.value else {
        let message = format!(
            "`{key}` must be a list of tables, and is {}",
            kind_of(entry.value)
        );
        findings.error(
            entry.key_span,
            message,
            format!("write [[{key}]] before each of them"),
        );
        return Vec::new();
    };
    let values = values.iter().map(|value| Entry {
        key: entry.key,
        key_span: value.span(),
        value: value.get_ref(),
        span: value.span(),
    });
    values.collect()
}
