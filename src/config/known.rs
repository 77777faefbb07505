//! Names on the command line: whom they mean.

use super::fleet::{Fleet, Unit};
use super::names::AgentName;
use super::schema::nearest;

/// How many names an error lists.
const LISTED_MAX: usize = 60;

/// Whom a name means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Known {
    /// An agent, valid or broken.
    Agent(AgentName),
    /// A service, valid or broken.
    Service(AgentName),
    /// The watchdog itself.
    Watchdog,
}

impl Known {
    /// The name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Agent(name) | Self::Service(name) => name.as_str(),
            Self::Watchdog => AgentName::WATCHDOG,
        }
    }
}

/// A name that means nobody, or nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}\nhint: {hint}")]
pub struct NameNotKnown {
    message: String,
    hint: String,
}

impl Fleet {
    /// Everybody that a verb can name: agents, services, and last the watchdog.
    pub fn known(&self) -> Vec<Known> {
        let of = |unit: Unit, name: &AgentName| match unit {
            Unit::Agent => Known::Agent(name.clone()),
            Unit::Service => Known::Service(name.clone()),
        };
        let broken = |unit: Unit| self.broken.iter().filter(move |broken| broken.unit == unit);
        let mut known: Vec<Known> = self
            .agents
            .iter()
            .map(|agent| of(Unit::Agent, &agent.name))
            .collect();
        known.extend(broken(Unit::Agent).map(|broken| of(Unit::Agent, &broken.name)));
        known.extend(
            self.services
                .iter()
                .map(|service| of(Unit::Service, &service.name)),
        );
        known.extend(broken(Unit::Service).map(|broken| of(Unit::Service, &broken.name)));
        known.push(Known::Watchdog);
        known
    }

    /// Whom the names of a verb that acts mean. Each must be exact; one that is given twice counts
    /// once.
    ///
    /// # Errors
    /// Any of them is not known.
    pub fn named(&self, names: &[String]) -> Result<Vec<Known>, NameNotKnown> {
        let known = self.known();
        let mut found = Vec::new();
        for name in names {
            match known.iter().find(|known| known.as_str() == name) {
                Some(one) => push_once(&mut found, one),
                None => return Err(unknown(name, &known)),
            }
        }
        Ok(found)
    }

    /// Whom the names of a verb that only reads mean: an exact name, else a glob with `*`, `?` or
    /// `[…]`, else the beginning of exactly one name.
    ///
    /// # Errors
    /// One of them fits nobody, or is the beginning of several names.
    pub fn matching(&self, names: &[String]) -> Result<Vec<Known>, NameNotKnown> {
        let known = self.known();
        let mut found = Vec::new();
        for name in names {
            for one in matching_one(name, &known)? {
                push_once(&mut found, one);
            }
        }
        Ok(found)
    }
}

fn push_once(found: &mut Vec<Known>, one: &Known) {
    if !found.contains(one) {
        found.push(one.clone());
    }
}

fn matching_one<'k>(name: &str, known: &'k [Known]) -> Result<Vec<&'k Known>, NameNotKnown> {
    if let Some(exact) = known.iter().find(|known| known.as_str() == name) {
        return Ok(vec![exact]);
    }
    if name.contains(['*', '?', '[']) {
        let fits: Vec<_> = known
            .iter()
            .filter(|known| fits(name, known.as_str()))
            .collect();
        return if fits.is_empty() {
            Err(unknown(name, known))
        } else {
            Ok(fits)
        };
    }
    let starts: Vec<_> = known
        .iter()
        .filter(|known| known.as_str().starts_with(name))
        .collect();
    match starts.as_slice() {
        [] => Err(unknown(name, known)),
        _ if name.is_empty() => Err(unknown(name, known)),
        [_] => Ok(starts),
        several => Err(NameNotKnown {
            message: format!(
                "`{}` is the beginning of several names",
                name.escape_debug()
            ),
            hint: format!("write one of {}", listed(several.iter().copied())),
        }),
    }
}

fn unknown(name: &str, known: &[Known]) -> NameNotKnown {
    let meant = nearest(name, known.iter().map(Known::as_str));
    let meant = meant
        .map(|meant| format!("did you mean `{meant}`? "))
        .unwrap_or_default();
    NameNotKnown {
        message: format!("there is no agent or service `{}`", name.escape_debug()),
        hint: format!("{meant}the names are {}", listed(known.iter())),
    }
}

fn listed<'k>(known: impl ExactSizeIterator<Item = &'k Known>) -> String {
    let hidden = known.len().saturating_sub(LISTED_MAX);
    let mut names: Vec<&str> = known.take(LISTED_MAX).map(Known::as_str).collect();
    let more = format!("and {hidden} more");
    if hidden > 0 {
        names.push(&more);
    }
    names.join(", ")
}

/// Whether a name fits a glob: `*` is any text, `?` any character, `[a-z]` one of a set, `[!a]`
/// one that is not in it. A `[` that is never closed is itself.
pub(crate) fn fits(glob: &str, name: &str) -> bool {
    let glob: Vec<char> = glob.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut index) = (0, 0);
    // Where the last star stands, and how much of the name it has taken.
    let mut star: Option<(usize, usize)> = None;
    while index < name.len() {
        if glob.get(at) == Some(&'*') {
            star = Some((at, index));
            at += 1;
        } else if let Some(width) = fits_one(&glob[at..], name[index]) {
            at += width;
            index += 1;
        } else if let Some((star_at, taken)) = star {
            star = Some((star_at, taken + 1));
            (at, index) = (star_at + 1, taken + 1);
        } else {
            return false;
        }
    }
    glob[at..].iter().all(|rest| *rest == '*')
}

/// How many characters of the glob the next character of the name takes up, if it fits.
fn fits_one(glob: &[char], character: char) -> Option<usize> {
    match glob {
        ['?', ..] => Some(1),
        ['[', rest @ ..] => match rest.iter().skip(1).position(|c| *c == ']') {
            Some(end) => in_set(&rest[..=end], character).then_some(end + 3),
            None => (character == '[').then_some(1),
        },
        [literal, ..] => (*literal == character).then_some(1),
        [] => None,
    }
}

fn in_set(set: &[char], character: char) -> bool {
    let (negated, set) = match set {
        ['!' | '^', rest @ ..] if !rest.is_empty() => (true, rest),
        set => (false, set),
    };
    let mut rest = set;
    let mut found = false;
    while let [first, after @ ..] = rest {
        if let ['-', last, after @ ..] = after {
            found |= (*first..=*last).contains(&character);
            rest = after;
        } else {
            found |= *first == character;
            rest = after;
        }
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_fit_as_in_a_shell() {
        for (glob, name) in [
            ("*", ""),
            ("b*", "builder"),
            ("*er", "builder"),
            ("b*d*r", "builder"),
            ("b?ilder", "builder"),
            ("?", "é"),
            ("w[0-9]", "w7"),
            ("w[!0-9]", "wx"),
            ("w[ab-d]*", "wcat"),
            ("[", "["),
            ("a[b", "a[b"),
            ("[]]", "]"),
        ] {
            assert!(fits(glob, name), "{glob} {name}");
        }
        for (glob, name) in [
            ("b", "builder"),
            ("w[0-9]", "wx"),
            ("w[!x]", "wx"),
            ("?", ""),
            ("*x", "builder"),
        ] {
            assert!(!fits(glob, name), "{glob} {name}");
        }
    }

    #[test]
    fn a_glob_of_many_stars_is_quick() {
        let glob = "*a".repeat(200) + "b";
        assert!(!fits(&glob, &"a".repeat(10_000)));
    }
}
