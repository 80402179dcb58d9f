/// A set of places, by their numbers in ascending order.
#[derive(Clone, Debug)]
pub(super) struct Set(Vec<u64>);

impl Set {
    /// An empty set for `count` places.
    pub(super) fn empty(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    /// These of `count` places.
    pub(super) fn of(count: usize, places: &[u32]) -> Self {
        let mut set = Self::empty(count);
        for place in places {
            set.insert(*place);
        }
        set
    }

    /// Adds a place; `false` if the set had it already.
    pub(super) fn insert(&mut self, place: u32) -> bool {
        let Some(bits) = self.0.get_mut(place as usize / 64) else { return false };
        let before = *bits;
        *bits |= bit(place);
        before != *bits
    }

    pub(super) fn contains(&self, place: u32) -> bool {
        self.0.get(place as usize / 64).is_some_and(|bits| bits & bit(place) != 0)
    }

    /// The intersection.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(bits, others)| *bits &= others);
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..).step_by(64).zip(&self.0).flat_map(|(first, bits)| {
            let without_lowest = |bits: &u64| Some(bits & bits.wrapping_sub(1)).filter(|rest| *rest != 0);
            let with_lowest = std::iter::successors(Some(*bits).filter(|bits| *bits != 0), without_lowest);
            with_lowest.map(move |bits| first + bits.trailing_zeros())
        })
    }
}

fn bit(place: u32) -> u64 {
    1 << (place % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_each_place_once_and_in_order() {
        let mut set = Set::of(200, &[199, 0, 64, 63, 0]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 199]);
        assert!(!set.insert(64) && set.insert(65) && set.contains(65) && !set.contains(66));
        assert_eq!(set.and(Set::of(200, &[1, 65, 199])).iter().collect::<Vec<_>>(), [65, 199]);
        assert_eq!(Set::empty(0).iter().count(), 0);
    }
}
