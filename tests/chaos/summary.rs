use std::{
    collections::{BTreeMap, HashMap},
    fmt::{self, Write},
};

use crate::{checker::Checker, cluster::Cluster, history::History, load::Search, violation::Violation};

/// How many searches are told of in full.
const TOLD: usize = 5;

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    accepted: usize,
    clients: usize,
    /// Searches by how they ended.
    ended: BTreeMap<String, usize>,
    dead_letters: usize,
    /// The rest must be empty. Searches by what is wrong with them.
    wrong: BTreeMap<Violation, Vec<String>>,
    left_behind: Vec<String>,
    crashes: Vec<String>,
    /// What clients heard of the searches with which something is wrong.
    histories: HashMap<String, Vec<String>>,
}

impl Summary {
    /// Judges what clients heard, and what stood in Redis.
    pub(crate) fn of(
        searches: &[Search],
        checker: &Checker<'_>,
        left_behind: Vec<String>,
        crashes: Vec<String>,
    ) -> Self {
        let mut summary =
            Self { dead_letters: checker.dead_letters.len(), left_behind, crashes, ..Self::default() };
        for search in searches {
            summary.accepted += 1;
            summary.clients += search.histories.len();
            let told = search.histories.iter().flat_map(History::ends).next();
            let ended = checker.news.get(&search.id).and_then(|announced| announced.ends.first());
            if let Some(end) = told.or(ended.map(|ended| &ended.end)) {
                *summary.ended.entry(end.status.clone()).or_default() += 1;
            }
            let wrong = checker.check(search);
            if !wrong.is_empty() {
                summary.histories.insert(search.id.clone(), checker.all_about(search));
            }
            for wrong in wrong {
                summary.wrong.entry(wrong).or_default().push(search.id.clone());
            }
        }
        summary
    }

    /// Whether something was accepted and all is well.
    pub(crate) fn holds(&self) -> bool {
        self.accepted > 0 && self.wrong.is_empty() && self.left_behind.is_empty() && self.crashes.is_empty()
    }

    /// What is wrong, with what clients heard and what the services have written about it.
    pub(crate) fn details(&self, cluster: &Cluster) -> String {
        let mut text = String::new();
        // Writing to a String can't fail.
        for (what, searches) in &self.wrong {
            for id in searches.iter().take(TOLD) {
                let _ = writeln!(text, "--- {what:?}: {id}");
                let histories = self.histories.get(id).cloned().unwrap_or_default();
                for line in histories.into_iter().chain(cluster.log_of(id)) {
                    let _ = writeln!(text, "  {line}");
                }
            }
        }
        for one in self.left_behind.iter().chain(&self.crashes).take(TOLD) {
            let _ = writeln!(text, "--- {one}");
        }
        for line in cluster.errors().iter().take(TOLD) {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended: usize = self.ended.values().sum();
        writeln!(f, "{:>7} accepted, with {} clients", self.accepted, self.clients)?;
        writeln!(f, "{ended:>7} ended {:?}, {} jobs as dead letters", self.ended, self.dead_letters)?;
        for what in Violation::ALL {
            writeln!(f, "{:>7} {what:?}", self.wrong.get(&what).map_or(0, Vec::len))?;
        }
        writeln!(f, "{:>7} LeftBehind", self.left_behind.len())?;
        writeln!(f, "{:>7} Crashed", self.crashes.len())
    }
}
