//! The order of offers.

use clap::ValueEnum;
use contracts::Offer;

use crate::event::ListedOffer;

/// Which offers come first.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// By price and duration together
    Best,
    /// The cheapest
    #[default]
    Price,
    /// The fastest, all ways together
    Duration,
    /// The earliest
    Departure,
}

impl Sort {
    /// The offers in this order; among equals the cheapest first. `offers` are sorted by price, as in events. Those of which
    /// only number and price are known come last.
    pub(crate) fn order(self, offers: &[ListedOffer]) -> Vec<&ListedOffer> {
        let mut sorted: Vec<_> = offers.iter().collect();
        match self {
            Self::Price => {}
            Self::Best => sort_by(&mut sorted, |offer| offer.best_rank.unwrap_or(u32::MAX)),
            Self::Duration => sort_by(&mut sorted, Offer::total_minutes),
            Self::Departure => sort_by(&mut sorted, |offer| offer.departure.timestamp()),
        }
        sorted
    }

    /// What the first offers are: `cheapest`.
    pub(crate) fn superlative(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Price => "cheapest",
            Self::Duration => "fastest",
            Self::Departure => "earliest",
        }
    }
}

fn sort_by<K: Ord>(offers: &mut [&ListedOffer], key: impl Fn(&Offer) -> K) {
    offers.sort_by_cached_key(|listed| match listed {
        ListedOffer::Full(offer) => (false, Some(key(offer))),
        ListedOffer::Bare { .. } => (true, None),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(number: &str, day: u8, minutes: u32, rank: Option<u32>) -> ListedOffer {
        let rank = rank.map_or(String::new(), |rank| format!(r#","best_rank":{rank}"#));
        serde_json::from_str(&format!(
            r#"{{"flight_number":"{number}","price":1,"currency":"IDR","carrier":"GA","origin":"CGK","destination":"DPS",
            "departure":"2027-07-{day:02}T06:05:00+07:00","arrival":"2027-07-{day:02}T08:55:00+08:00",
            "duration_minutes":{minutes},"stops":0{rank}}}"#
        ))
        .unwrap()
    }

    fn numbers(sort: Sort, offers: &[ListedOffer]) -> String {
        let numbers = sort.order(offers).into_iter().map(ListedOffer::flight_number);
        numbers.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_order_keeps_the_cheapest_first_among_equals() {
        let bare = ListedOffer::Bare { flight_number: "E".into(), price: 1 };
        let offers = [
            bare,
            offer("A", 3, 120, Some(2)),
            offer("B", 1, 90, Some(3)),
            offer("C", 1, 90, None),
            offer("D", 2, 300, Some(1)),
        ];
        assert_eq!(numbers(Sort::Price, &offers), "E A B C D");
        assert_eq!(numbers(Sort::Best, &offers), "D A B C E");
        assert_eq!(numbers(Sort::Duration, &offers), "B C A D E");
        assert_eq!(numbers(Sort::Departure, &offers), "B C D A E");
    }
}
