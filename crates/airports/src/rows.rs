//! Reads the embedded files, a subset of CSV: a quoted field may contain commas, but no quote or line break. So each
//! field is a slice of the file, and reading allocates nothing.

/// The lines of `file` after its header that have `N` fields; others are skipped.
pub(crate) fn rows<const N: usize>(file: &str) -> impl Iterator<Item = [&str; N]> {
    file.lines().skip(1).filter_map(split)
}

fn split<const N: usize>(line: &str) -> Option<[&str; N]> {
    let mut fields = [""; N];
    let mut rest = Some(line);
    for field in &mut fields {
        (*field, rest) = first(rest?)?;
    }
    rest.is_none().then_some(fields)
}

/// The first field, and the rest after its comma.
fn first(line: &str) -> Option<(&str, Option<&str>)> {
    let Some(quoted) = line.strip_prefix('"') else {
        return Some(line.split_once(',').map_or((line, None), |(field, rest)| (field, Some(rest))));
    };
    let (field, rest) = quoted.split_once('"')?;
    if rest.is_empty() { Some((field, None)) } else { Some((field, Some(rest.strip_prefix(',')?))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_field_may_contain_commas() {
        assert_eq!(split(r#"BDO,"Bandung, Java Island",ID"#), Some(["BDO", "Bandung, Java Island", "ID"]));
        assert_eq!(split(r#""ID","JKT""#), Some(["ID", "JKT"]));
        assert_eq!(split("AAA,,"), Some(["AAA", "", ""]));
    }

    #[test]
    fn a_line_with_another_number_of_fields_is_skipped() {
        for line in ["", "a", "a,b,c", r#""a"b"#, r#""a,b"#, r#""a ""b"" c",d"#] {
            assert_eq!(split::<2>(line), None, "{line}");
        }
    }
}
