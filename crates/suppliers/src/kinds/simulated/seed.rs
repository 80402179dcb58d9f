//! Pseudo-random numbers that are the same in every process and release. Neither the hashes of the standard library
//! nor `rand::StdRng` guarantee that.

/// A sequence of numbers: `SplitMix64`, seeded with an FNV-1a hash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed(u64);

impl Seed {
    /// The sequence for these parts. `["GA", "1"]` and `["GA1"]` differ.
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        Self(parts.iter().fold(OFFSET, |hash, part| fnv(fnv(hash, part), &[0xff])))
    }

    /// The sequence for the same parts and one more.
    pub(super) fn with(self, part: &[u8]) -> Self {
        Self(fnv(fnv(self.0, part), &[0xff]))
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number below `bound`, which must not be 0. The bias of the remainder is negligible.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next() % u64::from(bound.max(1))).unwrap_or(0)
    }

    /// The next number from `low` up to `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * f64::from(self.below(10_001)) / 10_000.0
    }
}

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_same_in_every_release() {
        let mut seed = Seed::of(&[b"GA", b"CGK", b"DPS"]);
        let numbers: Vec<_> = (0..4).map(|_| seed.below(1000)).collect();
        assert_eq!(numbers, [35, 19, 47, 381]);
    }

    #[test]
    fn parts_are_separated() {
        assert_ne!(Seed::of(&[b"GA", b"1"]).next(), Seed::of(&[b"GA1"]).next());
        assert_eq!(Seed::of(&[b"GA", b"1"]).next(), Seed::of(&[b"GA"]).with(b"1").next());
    }
}
