use std::collections::BTreeSet;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::Amount;

/// One way as it is generated: hour of departure, cabin, total and currency.
type Way = (u8, Option<Cabin>, u32, usize);

/// The ways there and back of up to five suppliers that sell single ways, some in a currency without a rate. The way back
/// is on this day of July, and the way out on the 10th.
fn sold_ways(day_back: u8) -> impl Strategy<Value = Vec<[Vec<Offer>; 2]>> {
    let cabin = prop::option::of(prop::sample::select(vec![Cabin::Economy, Cabin::Business]));
    let ways = prop::collection::vec((0..20_u8, cabin, 1..400_u32, 0..3_usize), 0..16);
    prop::collection::vec((ways.clone(), ways), 0..5).prop_map(move |suppliers| {
        let offers = |supplier: &str, at: usize, ways: Vec<Way>| {
            let day = if at == 0 { 10 } else { day_back };
            let offer = |(hour, cabin, total, currency): Way| {
                let currency = ["IDR", "USD", "QQQ"][currency];
                generated((supplier, at), (day, hour), cabin, total, currency)
            };
            let mut offers: Vec<_> = ways.into_iter().map(offer).collect();
            unite(&mut offers, Currency::IDR);
            offers
        };
        let suppliers = suppliers.into_iter().enumerate();
        suppliers.map(|(n, (there, back))| [offers(&code(n), 0, there), offers(&code(n), 1, back)]).collect()
    })
}

fn code(supplier: usize) -> String {
    format!("S{supplier}")
}

fn answers(sold: Vec<[Vec<Offer>; 2]>) -> Vec<Answer> {
    let sold = sold.into_iter().enumerate();
    sold.map(|(n, [there, back])| answer(&code(n), there, back)).collect()
}

/// The total of the cheapest pair of all that can be made, if it can be compared.
fn cheapest_possible(sold: &[[Vec<Offer>; 2]]) -> Option<Decimal> {
    let rates = rates();
    let total = |offer: &Offer| {
        let totals = offer.prices.iter().filter_map(|price| {
            let mut price = price.clone();
            price.approximate_in(Currency::IDR, Some(&rates));
            price.comparable_in(Currency::IDR).map(Amount::decimal)
        });
        totals.min()
    };
    let backs: Vec<_> = sold.iter().flat_map(|[_, back]| back).collect();
    let totals = sold.iter().flat_map(|[there, _]| there).flat_map(|there| {
        let in_time = backs.iter().filter(|back| there.arrival.timestamp() <= back.departure.timestamp());
        in_time.filter_map(move |back| Some(total(there)? + total(back)?))
    });
    totals.min()
}

proptest! {
    #[test]
    fn the_order_of_answers_makes_no_difference(
        (one, other) in sold_ways(10).prop_map(answers)
            .prop_flat_map(|answers| (Just(answers.clone()), Just(answers).prop_shuffle())),
        max in 0..300_usize,
    ) {
        let (one, other) = (outcome(one, max), outcome(other, max));
        prop_assert_eq!(one.offers, other.offers);
        prop_assert_eq!(one.details.total, other.details.total);
    }

    #[test]
    fn pairs_are_bounded_in_order_and_sum_up(answers in sold_ways(10).prop_map(answers)) {
        for answer in &answers {
            prop_assert!(answer.offers.len() <= MAX_PAIRS);
        }
        let own: BTreeSet<_> = answers.iter().flat_map(|answer| &answer.offers).map(|offer| offer.id).collect();
        let merged = outcome(answers, 1000);
        prop_assert!(merged.offers.len() <= own.len() + MAX_PAIRS);
        let ids: BTreeSet<_> = merged.offers.iter().map(|offer| offer.id).collect();
        prop_assert!(own.is_subset(&ids), "what came in a partial is in the end");
        prop_assert_eq!(ids.len(), merged.offers.len());
        for offer in &merged.offers {
            prop_assert_eq!(offer.check(), Ok(()));
            prop_assert_eq!(offer.id, OfferId::of(offer));
            let booked = |price: &Price| [price.bookings[0].offer_id, price.bookings[1].offer_id];
            for price in &offer.prices {
                let [there, back] = &price.bookings[..] else { panic!("two bookings") };
                prop_assert_eq!(booked(price), booked(&offer.prices[0]), "the same ways in the same cabins");
                let ways = [&there.price, &back.price];
                if ways.iter().all(|way| way.currency == price.currency) {
                    prop_assert_eq!(there.price.total.decimal() + back.price.total.decimal(), price.total.decimal());
                } else {
                    let compared: Option<Decimal> =
                        ways.iter().map(|way| way.comparable_in(Currency::IDR).map(Amount::decimal)).sum();
                    prop_assert_eq!(compared, Some(price.total.decimal()));
                }
            }
        }
    }

    #[test]
    fn the_cheapest_way_there_and_back_is_found(sold in sold_ways(10).prop_union(sold_ways(11))) {
        let possible = cheapest_possible(&sold);
        let merged = outcome(answers(sold), 1000);
        let found = merged.offers.first().and_then(|offer| offer.prices[0].comparable_in(Currency::IDR));
        prop_assert_eq!(found.map(Amount::decimal), possible);
    }

    #[test]
    fn each_supplier_has_its_cheapest_pair_in_its_answer(sold in sold_ways(10)) {
        for (n, sold) in sold.into_iter().enumerate() {
            let possible = cheapest_possible(std::slice::from_ref(&sold));
            let [there, back] = sold;
            let answer = answer(&code(n), there, back);
            let found = answer.offers.first().and_then(|offer| offer.prices[0].comparable_in(Currency::IDR));
            prop_assert_eq!(found.map(Amount::decimal), possible);
        }
    }
}
