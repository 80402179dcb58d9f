use super::*;

fn offer(number: &str, price: u64, departure: &str, arrival: &str) -> String {
    format!(
        r#"{{"flight_number":"{number}","price":{price},"currency":"IDR","carrier":"Garuda Indonesia","origin":"CGK",
        "destination":"DPS","departure":"{departure}","arrival":"{arrival}","duration_minutes":110,"stops":0,
        "suppliers":["GA","TRAVELGO"]}}"#
    )
}

fn early(number: &str, price: u64) -> String {
    offer(number, price, "2027-07-10T06:05:00+07:00", "2027-07-10T08:55:00+08:00")
}

fn end(status: &str, offers: &[String], details: &str) -> End {
    End::parse(format!(r#"{{"status":"{status}","results":[{}]{details}}}"#, offers.join(","))).unwrap()
}

const DETAILS: &str = r#","total":57,"elapsed_ms":2940,"suppliers":[
    {"code":"GA","name":"Garuda","status":"ok","elapsed_ms":900},
    {"code":"QZ","name":"AirAsia","status":"empty","elapsed_ms":900},
    {"code":"JT","name":"Lion Air","status":"timeout","elapsed_ms":2900}]"#;

#[test]
fn an_offer_is_a_row() {
    let text = render(&end("completed", &[early("GA57", 1_500_000)], ""), 20, None);
    let row = text.lines().find(|line| line.contains("GA57")).unwrap();
    let cells: Vec<_> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(
        cells,
        [
            "Rp 1.500.000",
            "GA57",
            "Garuda Indonesia",
            "CGK 06:05 → DPS 08:55",
            "1 h 50 m",
            "direct",
            "GA, TRAVELGO"
        ]
    );
}

#[test]
fn arriving_on_another_day_is_said() {
    let cases = [
        ("2027-07-10T22:10:00+07:00", "2027-07-11T01:00:00+08:00", "CGK 22:10 → DPS 01:00 +1"),
        ("2027-12-31T23:00:00+07:00", "2028-01-02T01:00:00+08:00", "CGK 23:00 → DPS 01:00 +2"),
        ("2027-07-10T01:00:00+14:00", "2027-07-09T08:00:00-10:00", "CGK 01:00 → DPS 08:00 -1"),
        ("2027-07-10T22:10:00+07:00", "2027-07-10T23:59:00+00:00", "CGK 22:10 → DPS 23:59 "),
    ];
    for (departure, arrival, shown) in cases {
        let text = render(&end("completed", &[offer("GA57", 1, departure, arrival)], ""), 20, None);
        assert!(text.contains(shown), "{text}");
    }
}

#[test]
fn only_so_many_are_shown_but_all_are_counted() {
    let offers = [early("GA1", 1), early("GA2", 2), early("GA3", 3)];
    let text = render(&end("completed", &offers, DETAILS), 2, None);
    assert!(text.contains("GA2") && !text.contains("GA3"), "{text}");
    assert!(text.contains("The cheapest 2 of 57 offers. 2 of 3 suppliers answered in 2.9 s.\n"), "{text}");
    assert!(text.contains("Without an answer: JT (timeout).\n"), "{text}");
}

#[test]
fn offers_of_the_replaced_system_have_what_they_have() {
    let bare = r#"{"flight_number":"GA57","price":1500000}"#.to_owned();
    let text = render(&end("completed", &[bare], ""), 20, None);
    assert!(text.contains("Rp 1.500.000") && text.contains("GA57"), "{text}");
    assert!(text.ends_with("1 offer.\n"), "{text}");
}

#[test]
fn without_offers_there_is_no_table_but_a_reason() {
    assert_eq!(render(&end("completed", &[], ""), 20, None), "No flights found.\n");
    assert_eq!(render(&end("cancelled", &[], ""), 20, None), "The search was cancelled.\n");
    let reason = r#","total":0,"suppliers":[],"elapsed_ms":10,"reason":"no supplier answered""#;
    assert_eq!(
        render(&end("failed", &[], reason), 20, None),
        "The search failed: no supplier answered. 0 of 0 suppliers answered in 0.0 s.\n"
    );
}

#[test]
fn a_narrow_terminal_shows_fewer_columns() {
    let end = end("completed", &[early("GA57", 1_500_000)], "");
    let wide = render(&end, 20, Some(200));
    assert_eq!(wide, render(&end, 20, None));
    for (width, suppliers, carrier) in [(200, true, true), (85, false, true), (70, false, false)] {
        let text = render(&end, 20, Some(width));
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert_eq!(
            (text.contains("TRAVELGO"), text.contains("Garuda Indonesia")),
            (suppliers, carrier),
            "{text}"
        );
        assert!(text.contains("Rp 1.500.000") && text.contains("CGK 06:05 → DPS 08:55"), "{text}");
    }
}
