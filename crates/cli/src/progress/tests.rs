use indicatif::InMemoryTerm;

use super::*;

fn progress(suppliers: &[&str]) -> (Progress, InMemoryTerm) {
    let screen = InMemoryTerm::new(12, 100);
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255);
    let codes: Vec<_> = suppliers.iter().map(|code| code.parse().unwrap()).collect();
    (Progress::new(target, "CGK → DPS".into(), &codes), screen)
}

fn partial(code: &str, status: &str, answered: u64, results: &str) -> Partial {
    let json = format!(
        r#"{{"supplier":{{"code":"{code}","name":"Name of {code}","status":"{status}","elapsed_ms":940}},
            "results":{results},"progress":{{"answered":{answered},"of":3}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

const TWO_OFFERS: &str =
    r#"[{"flight_number":"GA2","price":1600000},{"flight_number":"GA1","price":1500000}]"#;

fn end(suppliers: &str) -> End {
    End::parse(format!(
        r#"{{"status":"completed","results":[],"total":0,"suppliers":{suppliers},"elapsed_ms":9}}"#
    ))
    .unwrap()
}

#[test]
fn each_answer_has_a_line_and_so_has_each_pending_supplier() {
    let (mut progress, screen) = progress(&[]);
    progress.add_answer(&partial("GA", "ok", 1, TWO_OFFERS));
    let shown = screen.contents();
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines[0].contains("CGK → DPS") && lines[0].contains("of 3 suppliers"), "{shown}");
    assert_eq!(progress.total.position(), 1);
    assert!(lines[1].contains("✔ GA") && lines[1].contains("2 offers from Rp 1.500.000"), "{shown}");
    assert!(lines[1].contains("Name of GA") && lines[1].contains("0.9 s"), "{shown}");
    assert_eq!(lines.iter().filter(|line| line.contains('…')).count(), 2, "{shown}");
}

#[test]
fn a_narrow_terminal_shows_the_offers_rather_than_the_name() {
    let title = "CGK → DPS, 2027-07-10, 2 passengers";
    for (width, search, line) in [
        (
            100,
            "CGK → DPS, 2027-07-10, 2 passengers  [",
            "  ✔ GA       Name of GA                0.9 s  2 offers from Rp 1.500.000",
        ),
        (60, "of 3  CGK → DPS, 2027-07-10, 2 passengers", "  ✔ GA         0.9 s  2 offers from Rp 1.500.000"),
        (40, "of 3  CGK → DPS, 2027-07-10, 2 pass", "  ✔ GA       2 offers from Rp 1.500.000"),
    ] {
        let screen = InMemoryTerm::new(12, width);
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255);
        let progress = Progress::new(target, title.into(), &[]);
        let mut progress = progress.within(Some(width.into()));
        progress.add_answer(&partial("GA", "ok", 1, TWO_OFFERS));
        let shown = screen.contents();
        let mut lines = shown.lines();
        assert!(lines.next().is_some_and(|first| first.contains(search)), "{width}:\n{shown}");
        assert_eq!(lines.next(), Some(line), "{width}:\n{shown}");
    }
}

#[test]
fn suppliers_that_are_waited_for_are_named() {
    let (mut progress, screen) = progress(&[]);
    let listing = |code: &str, name: &str| SupplierListing { code: code.parse().unwrap(), name: name.into() };
    progress.expect(&[
        listing("GA", "Garuda Indonesia"),
        listing("SQ", "Singapore Airlines"),
        listing("QZ", "AirAsia"),
    ]);
    progress.add_answer(&partial("GA", "ok", 1, TWO_OFFERS));
    let shown = screen.contents();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), 4, "{shown}");
    assert!(lines[1].contains("✔ GA") && !lines[1].contains('…'), "{shown}");
    assert!(
        lines[2].contains("SQ") && lines[2].contains("Singapore Airlines") && lines[2].contains('…'),
        "{shown}"
    );
    assert!(lines[3].contains("AirAsia"), "{shown}");
}

#[test]
fn requested_suppliers_have_lines_from_the_start() {
    let (mut progress, screen) = progress(&["GA", "SQ", "QZ"]);
    progress.add_answer(&partial("SQ", "error", 1, "[]"));
    let shown = screen.contents();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), 4, "{shown}");
    assert!(lines[1].contains("GA") && lines[2].contains("✖ SQ") && lines[3].contains("QZ"), "{shown}");
}

#[test]
fn a_repeated_answer_has_one_line() {
    let (mut progress, screen) = progress(&[]);
    for _ in 0..2 {
        progress.add_answer(&partial("GA", "empty", 1, "[]"));
    }
    assert_eq!(screen.contents().matches("no flights").count(), 1);
}

#[test]
fn the_end_shows_suppliers_without_an_answer_and_clears_the_rest() {
    let (mut progress, screen) = progress(&[]);
    progress.add_answer(&partial("GA", "ok", 1, TWO_OFFERS));
    progress.finish(&end(r#"[{"code":"GA","name":"Garuda","status":"ok","elapsed_ms":9},
            {"code":"SQ","name":"Singapore","status":"timeout","elapsed_ms":9}]"#));
    let shown = screen.contents();
    assert!(shown.contains("2 offers from") && shown.contains("✖ SQ"), "{shown}");
    assert!(shown.contains("timed out") && !shown.contains('…'), "{shown}");
}

#[test]
fn more_suppliers_than_lines_are_only_counted() {
    let (mut progress, screen) = progress(&[]);
    let mut many = partial("GA", "ok", 1, "[]");
    many.progress.of = u64::MAX;
    progress.add_answer(&many);
    for number in 0..2 * MAX_LINES {
        progress.add_answer(&partial(&format!("S{number}"), "ok", 2, "[]"));
    }
    assert!(progress.named.len() + progress.unnamed.len() <= MAX_LINES);
    drop(screen);
}

#[test]
fn a_search_without_answers_leaves_no_lines() {
    let (mut progress, screen) = progress(&["GA", "SQ"]);
    progress.close();
    assert_eq!(screen.contents(), "");
}
