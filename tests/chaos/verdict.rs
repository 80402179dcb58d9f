use std::{
    collections::{BTreeMap, HashMap},
    fmt::{self, Write},
};

use crate::{
    audit::News,
    load::Search,
    site::Site,
    story::{Story, What},
};

/// How many searches are told of in full.
const TOLD: usize = 5;

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    accepted: usize,
    clients: usize,
    /// Searches by how they ended.
    ended: BTreeMap<String, usize>,
    dead_letters: u64,
    /// The rest must be empty. Searches by what is wrong with them.
    lost: Vec<String>,
    twice: Vec<String>,
    out_of_order: Vec<String>,
    answers_twice: Vec<String>,
    answers_left_out: Vec<String>,
    different: Vec<String>,
    left_behind: Vec<String>,
    crashes: Vec<String>,
    /// What clients heard of the searches with which something is wrong.
    stories: HashMap<String, Vec<String>>,
}

impl Verdict {
    /// Judges what clients heard, and what stood in Redis.
    pub(crate) fn of(
        searches: &[Search],
        news: &News,
        dead_letters: u64,
        left_behind: Vec<String>,
        crashes: Vec<String>,
    ) -> Self {
        let mut verdict = Self { dead_letters, left_behind, crashes, ..Self::default() };
        for search in searches {
            verdict.judge(search);
        }
        for (id, announced) in news {
            if announced.ends > 1 {
                verdict.twice.push(id.clone());
            }
            if announced.answer_twice {
                verdict.answers_twice.push(id.clone());
            }
        }
        verdict
    }

    fn judge(&mut self, Search { id, stories }: &Search) {
        self.accepted += 1;
        self.clients += stories.len();
        let any = |is: &dyn Fn(&Story) -> bool| stories.iter().any(is);
        let ends: Vec<_> = stories.iter().flat_map(Story::ends).collect();
        let wrong = [
            (&mut self.lost, any(&|story| !story.has_ended())),
            (
                &mut self.twice,
                any(&|story| story.ends().count() > 1) || ends.windows(2).any(|two| two[0] != two[1]),
            ),
            (&mut self.out_of_order, any(&|story| !story.is_in_order())),
            (&mut self.answers_twice, any(&Story::has_answer_twice)),
            (&mut self.answers_left_out, any(&Story::has_answer_without_end)),
            (&mut self.different, differ(stories)),
        ];
        for (all, _) in wrong.into_iter().filter(|(_, is_wrong)| *is_wrong) {
            all.push(id.clone());
            self.stories.insert(id.clone(), stories.iter().map(ToString::to_string).collect());
        }
        if let Some(What::End(status, _)) = ends.first().map(|end| &end.what) {
            *self.ended.entry(status.clone()).or_default() += 1;
        }
    }

    /// Whether something was accepted and all is well.
    pub(crate) fn holds(&self) -> bool {
        self.accepted > 0 && self.wrong().iter().all(|(_, wrong)| wrong.is_empty())
    }

    fn wrong(&self) -> [(&'static str, &[String]); 8] {
        [
            ("lost", &self.lost),
            ("twice", &self.twice),
            ("out of order", &self.out_of_order),
            ("answers twice", &self.answers_twice),
            ("left out of the end", &self.answers_left_out),
            ("told differently", &self.different),
            ("left behind", &self.left_behind),
            ("crashed", &self.crashes),
        ]
    }

    /// What is wrong, with what clients heard and what the services have written about it.
    pub(crate) fn details(&self, site: &Site) -> String {
        let mut text = String::new();
        for (what, wrong) in self.wrong() {
            for one in wrong.iter().take(TOLD) {
                // Writing to a String can't fail.
                let _ = writeln!(text, "--- {what}: {one}");
                let stories = self.stories.get(one).cloned().unwrap_or_default();
                for line in stories.into_iter().chain(site.log_of(one)) {
                    let _ = writeln!(text, "  {line}");
                }
            }
        }
        text
    }
}

/// Whether two clients heard different events at the same place.
fn differ(stories: &[Story]) -> bool {
    let mut told = HashMap::new();
    let mut heard = stories.iter().flat_map(|story| &story.heard);
    heard.any(|event| *told.entry(event.place).or_insert(event.bytes) != event.bytes)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended: usize = self.ended.values().sum();
        writeln!(f, "{:>7} accepted, with {} clients", self.accepted, self.clients)?;
        writeln!(
            f,
            "{ended:>7} ended {:?}, {} of their jobs as dead letters",
            self.ended, self.dead_letters
        )?;
        for (what, wrong) in self.wrong() {
            writeln!(f, "{:>7} {what}", wrong.len())?;
        }
        Ok(())
    }
}
