//! Event streams as gzip (RFC 1952), each event compressed once for all streams.
//!
//! A stream is one member: browsers ignore what follows the first. Behind the fixed header, each frame is a piece of
//! deflate (RFC 1951) that begins and ends at a byte and refers to nothing before it, so the same bytes continue any
//! stream, and a decoder has all of the frame with the piece's last byte. A stream itself keeps only its checksum, for the
//! trailer; those of the pieces are combined.

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};

/// Shorter frames are stored: an encoder takes longer to set up than these bytes to send.
const MIN_COMPRESSED: usize = 256;
/// The beginning of a member. Only the method (deflate) and the kind of compressor (fast) are set; 255 is an unknown
/// system.
pub(crate) const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
/// The last block: empty, with fixed codes.
const LAST_BLOCK: [u8; 2] = [3, 0];
/// The end of a member: the last block, the checksum, the length.
pub(crate) type Trailer = [u8; 10];

/// A frame as a piece of a member, for any stream.
#[derive(Debug)]
pub(crate) struct Piece {
    bytes: Bytes,
    crc: Crc,
}

impl Piece {
    pub(crate) fn of(frame: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(frame);
        let bytes = (frame.len() >= MIN_COMPRESSED).then(|| deflate(frame)).flatten();
        Self { bytes: bytes.unwrap_or_else(|| stored(frame)).into(), crc }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// The member of one stream, as far as it is written.
#[derive(Debug, Default)]
pub(crate) struct Member {
    crc: Crc,
}

impl Member {
    /// A short frame of this stream alone.
    pub(crate) fn write(&mut self, frame: &[u8]) -> Bytes {
        self.crc.update(frame);
        stored(frame).into()
    }

    /// A shared frame.
    pub(crate) fn append(&mut self, piece: &Piece) -> Bytes {
        self.crc.combine(&piece.crc);
        piece.bytes.clone()
    }

    /// What comes last: an empty block, the checksum, and the length modulo 2³².
    pub(crate) fn trailer(&self) -> Trailer {
        let mut trailer = Trailer::default();
        trailer[..2].copy_from_slice(&LAST_BLOCK);
        trailer[2..6].copy_from_slice(&self.crc.sum().to_le_bytes());
        trailer[6..].copy_from_slice(&self.crc.amount().to_le_bytes());
        trailer
    }
}

/// Compresses up to a byte. `None` can't happen: any bytes can be compressed.
fn deflate(frame: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(frame.len() / 4);
    let mut encoder = Compress::new(Compression::fast(), false);
    loop {
        let done = usize::try_from(encoder.total_in()).ok()?;
        encoder.compress_vec(&frame[done..], &mut bytes, FlushCompress::Sync).ok()?;
        // All has been written if there is room for more.
        if bytes.len() < bytes.capacity() {
            bytes.shrink_to_fit();
            return Some(bytes);
        }
        bytes.reserve(frame.len() / 4);
    }
}

/// Blocks that are not compressed.
fn stored(frame: &[u8]) -> Vec<u8> {
    let blocks = frame.chunks(usize::from(u16::MAX));
    let mut bytes = Vec::with_capacity(frame.len() + 5 * blocks.len());
    for block in blocks {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        bytes.push(0);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&(!length).to_le_bytes());
        bytes.extend_from_slice(block);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::{Decompress, FlushDecompress, read::GzDecoder};
    use proptest::prelude::*;

    use super::*;

    /// What a decoder has of `bytes`, the first ones of a deflate stream.
    fn readable(decoder: &mut Decompress, bytes: &[u8]) -> Vec<u8> {
        let (mut text, begun) = (Vec::new(), decoder.total_in());
        loop {
            text.reserve(64 * 1024);
            let done = usize::try_from(decoder.total_in() - begun).unwrap();
            decoder.decompress_vec(&bytes[done..], &mut text, FlushDecompress::None).unwrap();
            if text.len() < text.capacity() {
                return text;
            }
        }
    }

    fn frame() -> impl Strategy<Value = Vec<u8>> {
        let json = (0..400_usize, "[a-z{}\":,\n]{1,40}").prop_map(|(times, text)| text.repeat(times).into());
        prop_oneof![
            json,
            prop::collection::vec(any::<u8>(), 0..2000),
            // More than one stored block has room for.
            Just(vec![b'x'; 200_000]),
            any::<u64>().prop_map(|seed| noise(seed, 70_000)),
        ]
    }

    /// Bytes that can't be compressed.
    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed;
        let byte = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        (0..length).map(byte).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn each_frame_can_be_read_as_soon_as_it_is_there(
            frames in prop::collection::vec((frame(), any::<bool>()), 0..12),
            streams in 1..3_usize,
        ) {
            let pieces: Vec<_> = frames.iter().map(|(frame, _)| Piece::of(frame)).collect();
            // Each stream begins with another frame, and the pieces are the same.
            for first in 0..streams.min(frames.len() + 1) {
                let mut member = Member::default();
                let mut written = HEADER.to_vec();
                let mut decoder = Decompress::new(false);
                let mut plain = Vec::new();
                for ((frame, is_own), piece) in frames.iter().zip(&pieces).skip(first) {
                    let bytes = if *is_own { member.write(frame) } else { member.append(piece) };
                    prop_assert_eq!(&readable(&mut decoder, &bytes), frame);
                    written.extend_from_slice(&bytes);
                    plain.extend_from_slice(frame);
                }
                written.extend_from_slice(&member.trailer());
                // Checks the checksum and the length.
                let (mut decoder, mut text) = (GzDecoder::new(&written[..]), Vec::new());
                decoder.read_to_end(&mut text).unwrap();
                prop_assert_eq!(text, plain);
                prop_assert!(decoder.into_inner().is_empty(), "one member");
            }
        }
    }

    #[test]
    fn json_takes_a_fraction_and_a_short_frame_little_more_than_itself() {
        let offer = |n: u32| format!(r#"{{"flight_number":"GA{n}","price":{}}},"#, n * 977);
        let offers = (0..200).map(offer).collect::<Vec<_>>().concat();
        assert!(Piece::of(offers.as_bytes()).len() * 3 < offers.len());
        let noise = noise(1, 70_000);
        assert!(Piece::of(&noise).len() < noise.len() / 8 * 9 + 100);
        assert_eq!(Piece::of(b":\n").len(), 7);
        assert_eq!(Piece::of(b"").len(), 0);
    }
}
