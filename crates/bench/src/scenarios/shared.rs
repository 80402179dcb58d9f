use std::time::Duration;

use contracts::SupplierCode;

/// Eight of the simulated suppliers.
const SUPPLIERS: [&str; 8] = ["GA", "JT", "QG", "QZ", "ID", "IU", "SQ", "MH"];

/// The eight suppliers that a job asks.
pub(crate) fn suppliers() -> Vec<SupplierCode> {
    SUPPLIERS.iter().map(|code| code.parse().expect("a code")).collect()
}

/// The cost of each of `count`, in microseconds.
pub(crate) fn each_us(spent: Duration, count: usize) -> f64 {
    spent.as_secs_f64() * 1e6 / as_f64(count)
}

#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn as_f64(count: usize) -> f64 {
    count as f64
}
