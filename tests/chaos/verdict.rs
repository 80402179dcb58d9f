use std::{
    collections::{BTreeMap, HashMap},
    fmt::{self, Write},
};

use crate::{load::Search, oracle::Oracle, site::Site, story::Story, wrong::Wrong};

/// How many searches are told of in full.
const TOLD: usize = 5;

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    accepted: usize,
    clients: usize,
    /// Searches by how they ended.
    ended: BTreeMap<String, usize>,
    dead_letters: usize,
    /// The rest must be empty. Searches by what is wrong with them.
    wrong: BTreeMap<Wrong, Vec<String>>,
    left_behind: Vec<String>,
    crashes: Vec<String>,
    /// What clients heard of the searches with which something is wrong.
    stories: HashMap<String, Vec<String>>,
}

impl Verdict {
    /// Judges what clients heard, and what stood in Redis.
    pub(crate) fn of(
        searches: &[Search],
        oracle: &Oracle<'_>,
        left_behind: Vec<String>,
        crashes: Vec<String>,
    ) -> Self {
        let mut verdict =
            Self { dead_letters: oracle.dead_letters.len(), left_behind, crashes, ..Self::default() };
        for search in searches {
            verdict.accepted += 1;
            verdict.clients += search.stories.len();
            let told = search.stories.iter().flat_map(Story::ends).next();
            let ended = oracle.news.get(&search.id).and_then(|announced| announced.ends.first());
            if let Some(end) = told.or(ended.map(|ended| &ended.end)) {
                *verdict.ended.entry(end.status.clone()).or_default() += 1;
            }
            let wrong = oracle.judge(search);
            if !wrong.is_empty() {
                verdict.stories.insert(search.id.clone(), oracle.all_about(search));
            }
            for wrong in wrong {
                verdict.wrong.entry(wrong).or_default().push(search.id.clone());
            }
        }
        verdict
    }

    /// Whether something was accepted and all is well.
    pub(crate) fn holds(&self) -> bool {
        self.accepted > 0 && self.wrong.is_empty() && self.left_behind.is_empty() && self.crashes.is_empty()
    }

    /// What is wrong, with what clients heard and what the services have written about it.
    pub(crate) fn details(&self, site: &Site) -> String {
        let mut text = String::new();
        // Writing to a String can't fail.
        for (what, searches) in &self.wrong {
            for id in searches.iter().take(TOLD) {
                let _ = writeln!(text, "--- {what:?}: {id}");
                let stories = self.stories.get(id).cloned().unwrap_or_default();
                for line in stories.into_iter().chain(site.log_of(id)) {
                    let _ = writeln!(text, "  {line}");
                }
            }
        }
        for one in self.left_behind.iter().chain(&self.crashes).take(TOLD) {
            let _ = writeln!(text, "--- {one}");
        }
        for line in site.errors().iter().take(TOLD) {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended: usize = self.ended.values().sum();
        writeln!(f, "{:>7} accepted, with {} clients", self.accepted, self.clients)?;
        writeln!(f, "{ended:>7} ended {:?}, {} jobs as dead letters", self.ended, self.dead_letters)?;
        for what in Wrong::ALL {
            writeln!(f, "{:>7} {what:?}", self.wrong.get(&what).map_or(0, Vec::len))?;
        }
        writeln!(f, "{:>7} LeftBehind", self.left_behind.len())?;
        writeln!(f, "{:>7} Crashed", self.crashes.len())
    }
}
