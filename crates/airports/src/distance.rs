use crate::Airport;

/// Mean radius of the earth (IUGG).
const EARTH_RADIUS_KM: f64 = 6371.0088;

/// The great-circle distance in kilometres, by the haversine formula. It is accurate to 0.5 %, because the earth is not
/// quite a sphere.
#[must_use]
pub fn distance_km(a: &Airport, b: &Airport) -> f64 {
    let (a_latitude, b_latitude) = (a.latitude.to_radians(), b.latitude.to_radians());
    let latitude = (b_latitude - a_latitude) / 2.0;
    let longitude = (b.longitude - a.longitude).to_radians() / 2.0;
    let haversine = latitude.sin().powi(2) + a_latitude.cos() * b_latitude.cos() * longitude.sin().powi(2);
    // Rounding may make it slightly more than 1 for antipodes.
    2.0 * EARTH_RADIUS_KM * haversine.min(1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Airports;

    fn km(from: &str, to: &str) -> f64 {
        let airports = Airports::embedded();
        let airport = |code: &str| airports.airport(code.parse().unwrap()).unwrap();
        distance_km(airport(from), airport(to))
    }

    #[test]
    fn distances_are_correct_to_one_percent() {
        for (from, to, expected) in
            [("CGK", "DPS", 983.0), ("CGK", "SIN", 879.0), ("JFK", "LHR", 5540.0), ("AKL", "HNL", 7085.0)]
        {
            let km = km(from, to);
            assert!((km - expected).abs() < expected * 0.01, "{from} {to}: {km}");
            assert!((km - self::km(to, from)).abs() < 1e-6, "{from} {to}");
        }
    }

    #[test]
    fn an_airports_distance_to_itself_is_zero() {
        assert!(km("CGK", "CGK").abs() < f64::EPSILON);
    }
}
