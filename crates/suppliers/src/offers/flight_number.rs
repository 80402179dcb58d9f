//! One way to write a flight's number. Suppliers write `GA402`, `ga402` or `GA0402`, and the flight needs one id.

use contracts::Offer;

/// Writes the numbers of an offer's flights in one way. That of an offer with slices is that of its first slice.
pub(super) fn normalize(offer: &mut Offer) {
    let mut changed = false;
    for segment in offer.slices.iter_mut().flat_map(|slice| &mut slice.segments) {
        changed |= normalize_behind(&mut segment.flight_number, 0);
    }
    match offer.slices.first() {
        Some(first) if changed => offer.flight_number = first.flight_numbers(),
        Some(_) => {}
        None => {
            let mut flights: Vec<_> = offer.flight_number.split('/').map(str::to_owned).collect();
            // Of a code with a digit, as `U2`, it is not certain where the number begins: two flights must never become one.
            let has_code =
                |flight: &&mut String| flight.bytes().take(2).filter(u8::is_ascii_alphabetic).count() == 2;
            let changed = flights.iter_mut().filter(has_code).map(|flight| normalize_behind(flight, 2));
            if changed.fold(false, |changed, this| changed | this) {
                offer.flight_number = flights.join("/");
            }
        }
    }
}

/// Writes letters as capitals and, if only a number of up to four digits and perhaps a letter follow the carrier's code of
/// this length, drops its leading zeros. Other texts stay as they are. Returns whether it changed anything.
fn normalize_behind(text: &mut String, code: usize) -> bool {
    let Some(number) = text.get(code..) else { return false };
    let digits = number.trim_end_matches(|char: char| char.is_ascii_alphabetic());
    let is_number = (1..=4).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && number.len() - digits.len() <= 1;
    if !is_number {
        return false;
    }
    let zeros = digits.bytes().take(digits.len() - 1).take_while(|digit| *digit == b'0').count();
    let has_small = text.bytes().any(|byte| byte.is_ascii_lowercase());
    if zeros > 0 {
        text.replace_range(code..code + zeros, "");
    }
    text.make_ascii_uppercase();
    zeros > 0 || has_small
}
