use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::{Currency, Offer};

/// How much more the price counts than the duration.
const PRICE_WEIGHT: Decimal = Decimal::TWO;

/// Sets `best_rank`. `offers` are in the order of results.
///
/// An offer's score is twice its price as a multiple of the lowest price, plus its duration as a multiple of the shortest.
/// The lowest score is the best; equal ones are in the order of results. Offers whose price can't be compared come last, in the order of results.
pub(super) fn rank(offers: &mut [Offer], currency: Currency) {
    let lowest = offers.iter().filter_map(|offer| price(offer, currency)).min();
    let shortest = offers.iter().map(Offer::total_minutes).min();
    let (Some(lowest), Some(shortest)) = (lowest, shortest) else {
        return number(offers, 0..offers.len());
    };
    let score = |offer: &Offer| {
        let price = price(offer, currency)?.checked_div(lowest)?;
        let duration = Decimal::from(offer.total_minutes()).checked_div(shortest.into())?;
        (price * PRICE_WEIGHT).checked_add(duration)
    };
    let mut scores: Vec<_> = offers.iter().map(score).enumerate().collect();
    scores.sort_by(|(a_at, a), (b_at, b)| lowest_first(*a, *b).then(a_at.cmp(b_at)));
    number(offers, scores.into_iter().map(|(at, _)| at));
}

fn number(offers: &mut [Offer], order: impl Iterator<Item = usize>) {
    for (rank, at) in (1..).zip(order) {
        if let Some(offer) = offers.get_mut(at) {
            offer.best_rank = Some(rank);
        }
    }
}

fn price(offer: &Offer, currency: Currency) -> Option<Decimal> {
    Some(offer.prices.first()?.comparable_in(currency)?.decimal())
}

fn lowest_first(a: Option<Decimal>, b: Option<Decimal>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{money::Amount, samples};

    /// Offers with these prices and durations, and their ranks.
    fn ranks(offers: &[(&str, &str, u32)]) -> Vec<u32> {
        let offer = |(total, currency, duration_minutes): &(&str, &str, u32)| {
            let mut offer = Offer { duration_minutes: *duration_minutes, ..samples::offer() };
            let (total, currency): (Amount, Currency) = (total.parse().unwrap(), currency.parse().unwrap());
            offer.prices = vec![crate::offer::Price::new("GA".parse().unwrap(), total, currency)];
            offer
        };
        let mut offers: Vec<_> = offers.iter().map(offer).collect();
        rank(&mut offers, Currency::IDR);
        offers.into_iter().map(|offer| offer.best_rank.unwrap()).collect()
    }

    #[test]
    fn half_of_the_lowest_price_is_worth_the_shortest_duration() {
        // Scores: 2 + 3, 3 + 2, 3 + 1, 4 + 1.
        let offers = [("100", "IDR", 300), ("150", "IDR", 200), ("150", "IDR", 100), ("200", "IDR", 100)];
        assert_eq!(ranks(&offers), [2, 3, 1, 4]);
        // A currency unit more or less does not tip over.
        assert_eq!(ranks(&[("100", "IDR", 200), ("150.01", "IDR", 100), ("149.99", "IDR", 100)]), [2, 3, 1]);
    }

    #[test]
    fn offers_without_a_rate_come_last() {
        assert_eq!(
            ranks(&[("9", "IDR", 90), ("8", "IDR", 95), ("1", "USD", 90), ("2", "USD", 90)]),
            [2, 1, 3, 4]
        );
        assert_eq!(ranks(&[("2", "USD", 9), ("3", "USD", 1)]), [1, 2]);
        assert_eq!(ranks(&[]), [0_u32; 0]);
    }
}
