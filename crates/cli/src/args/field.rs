use contracts::names::field;

/// The argument that a field of the request was made of: `slices[1].date` of a return is `--return`. With `is_trip`, each
/// slice is a `--slice`. `None` if there is no such argument.
pub(super) fn argument(name: &str, is_trip: bool) -> Option<String> {
    let (whole, part) = name.find(['.', '[']).map_or((name, ""), |at| name.split_at(at));
    let argument = match whole {
        field::FROM => "<FROM>",
        field::TO => "<TO>",
        field::DATE => "<DATE>",
        field::RETURN_DATE => "--return",
        field::SLICES => return of_slice(part, is_trip),
        field::PASSENGERS if part.starts_with(".children") => "--child",
        field::PASSENGERS if part.starts_with(".infants") => "--infant",
        field::PASSENGERS => "--adults",
        field::CABIN => "--cabin",
        field::MAX_STOPS => "--max-stops",
        field::CURRENCY => "--currency",
        field::SUPPLIERS => "--suppliers",
        field::TIMEOUT_MS => "--timeout",
        _ => return None,
    };
    Some(argument.into())
}

/// The same for a part of a slice, `[1].date`.
fn of_slice(part: &str, is_trip: bool) -> Option<String> {
    let (at, name) = part.strip_prefix('[')?.split_once(']')?;
    let (at, name): (usize, _) = (at.parse().ok()?, name.strip_prefix('.')?);
    if is_trip {
        return Some(format!("{} of --slice {}", name.to_uppercase(), at + 1));
    }
    let argument = match (at, name) {
        (0, field::FROM) | (1, field::TO) => "<FROM>",
        (0, field::TO) | (1, field::FROM) => "<TO>",
        (0, field::DATE) => "<DATE>",
        (1, field::DATE) => "--return",
        _ => return None,
    };
    Some(argument.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_as_it_was_given() {
        for (field, of_return, of_trip) in [
            ("from", "<FROM>", "<FROM>"),
            ("slices[0].date", "<DATE>", "DATE of --slice 1"),
            ("slices[1].date", "--return", "DATE of --slice 2"),
            ("slices[1].from", "<TO>", "FROM of --slice 2"),
            ("passengers.children[1]", "--child", "--child"),
            ("passengers", "--adults", "--adults"),
            ("suppliers", "--suppliers", "--suppliers"),
        ] {
            assert_eq!(argument(field, false).as_deref(), Some(of_return), "{field}");
            assert_eq!(argument(field, true).as_deref(), Some(of_trip), "{field}");
        }
        for field in ["pets", "", "slices", "slices[x].date", "slices[2].date", "[0]"] {
            assert_eq!(argument(field, false), None, "{field}");
        }
    }
}
