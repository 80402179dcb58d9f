use std::{
    collections::{BTreeMap, HashMap},
    fmt::{self, Write},
};

use crate::{checker::Checker, cluster::Cluster, history::History, load::Search, violation::Violation};

/// How many searches of each violation, leftovers and errors are printed.
const SHOWN: usize = 5;

/// The counts of a run, and the violations.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    accepted: usize,
    clients: usize,
    /// Searches by how they ended.
    ended: BTreeMap<String, usize>,
    dead_letters: usize,
    /// Searches by violation. This and the fields below must be empty.
    wrong: BTreeMap<Violation, Vec<String>>,
    left_behind: Vec<String>,
    crashes: Vec<String>,
    /// The course of each search with a violation.
    histories: HashMap<String, Vec<String>>,
}

impl Summary {
    /// Checks all searches, and counts.
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
            let received = search.histories.iter().flat_map(History::ends).next();
            let ended = checker.log.get(&search.id).and_then(|announced| announced.ends.first());
            if let Some(end) = received.or(ended.map(|ended| &ended.end)) {
                *summary.ended.entry(end.status.clone()).or_default() += 1;
            }
            let wrong = checker.check(search);
            if !wrong.is_empty() {
                summary.histories.insert(search.id.clone(), checker.describe(search));
            }
            for wrong in wrong {
                summary.wrong.entry(wrong).or_default().push(search.id.clone());
            }
        }
        summary
    }

    /// Whether searches were accepted and there was no violation.
    pub(crate) fn holds(&self) -> bool {
        self.accepted > 0 && self.wrong.is_empty() && self.left_behind.is_empty() && self.crashes.is_empty()
    }

    /// The violations, each with the course of the search and the services' log lines about it.
    pub(crate) fn details(&self, cluster: &Cluster) -> String {
        let mut text = String::new();
        // Writing to a String can't fail.
        for (what, searches) in &self.wrong {
            for id in searches.iter().take(SHOWN) {
                let _ = writeln!(text, "--- {what:?}: {id}");
                let histories = self.histories.get(id).cloned().unwrap_or_default();
                for line in histories.into_iter().chain(cluster.log_of(id)) {
                    let _ = writeln!(text, "  {line}");
                }
            }
        }
        for one in self.left_behind.iter().chain(&self.crashes).take(SHOWN) {
            let _ = writeln!(text, "--- {one}");
        }
        for line in cluster.errors().iter().take(SHOWN) {
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
