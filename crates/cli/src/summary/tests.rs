use contracts::SupplierListing;

use super::*;

fn end(status: &str, details: &str) -> End {
    let offer = r#"{"flight_number":"GA57","price":1500000}"#;
    let results = if details.contains("\"total\":57") { offer } else { "" };
    End::parse(format!(r#"{{"status":"{status}","results":[{results}]{details}}}"#)).unwrap()
}

const DETAILS: &str = r#","total":57,"elapsed_ms":2940,"suppliers":[
    {"code":"GA","name":"Garuda","status":"ok","elapsed_ms":900},
    {"code":"QZ","name":"AirAsia","status":"empty","elapsed_ms":900},
    {"code":"JT","name":"Lion Air","status":"timeout","elapsed_ms":2900},
    {"code":"IU","name":"Super Air Jet","status":"skipped","elapsed_ms":0,"reason":"it sells no return trips"}]"#;

#[test]
fn an_end_counts_offers_and_names_who_did_not_answer() {
    let text = of_end(&end("completed", DETAILS), 1, Sort::Duration);
    assert_eq!(
        text,
        "The fastest 1 of 57 offers. 2 of 3 suppliers answered in 2.9 s.\nWithout an answer: Lion Air (timeout).\n\
         Not asked: Super Air Jet (it sells no return trips).\n"
    );
}

#[test]
fn without_offers_there_is_a_reason() {
    assert_eq!(of_end(&end("completed", ""), 0, Sort::Price), "No flights found.\n");
    assert_eq!(of_end(&end("cancelled", ""), 0, Sort::Price), "The search was cancelled.\n");
    let reason = r#","total":0,"suppliers":[],"elapsed_ms":10,"reason":"no supplier answered""#;
    assert_eq!(
        of_end(&end("failed", reason), 0, Sort::Price),
        "The search failed: no supplier answered. 0 of 0 suppliers answered in 0.0 s.\n"
    );
}

#[test]
fn a_supplier_that_was_cut_off_by_a_cancellation_has_not_failed() {
    let cut_off = DETAILS.replace(
        r#""timeout","elapsed_ms":2900"#,
        r#""timeout","elapsed_ms":2940,"reason":"the search was cancelled""#,
    );
    let text = of_end(&end("cancelled", &cut_off), 1, Sort::Duration);
    assert!(text.contains("2 of 3 suppliers answered in 2.9 s.\nWithout an answer: Lion Air.\n"), "{text}");
}

fn partial(code: &str, of: u64) -> crate::event::Partial {
    let json = format!(
        r#"{{"supplier":{{"code":"{code}","name":"{code} Air","status":"ok","elapsed_ms":1}},"results":[],
        "progress":{{"answered":1,"of":{of}}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

#[test]
fn suppliers_that_are_waited_for_are_named() {
    let mut answers = SoFar::default();
    assert_eq!(so_far(&answers, (0, 0), Sort::Best), "No offers so far.\n");
    let listing =
        |code: &str| SupplierListing { code: code.parse().unwrap(), name: format!("{code} Air\u{1b}") };
    answers.expect(vec![listing("GA"), listing("SQ"), listing("EK")]);
    answers.add(partial("GA", 3));
    assert_eq!(
        so_far(&answers, (2, 5), Sort::Best),
        "The best 2 of 5 offers so far. 1 of 3 suppliers have answered.\nStill waiting for: SQ Air, EK Air.\n"
    );
}

#[test]
fn suppliers_whose_names_are_not_known_are_counted() {
    let mut answers = SoFar::default();
    answers.add(partial("GA", 4));
    answers.add(partial("GA", 4));
    let text = so_far(&answers, (1, 1), Sort::Price);
    assert_eq!(text, "1 offer so far. 1 of 4 suppliers have answered.\nStill waiting for 3 suppliers.\n");
}
