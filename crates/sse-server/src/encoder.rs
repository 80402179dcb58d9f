use bytes::Bytes;

use crate::{
    Coding, Frame,
    gzip::{HEADER, Member, Trailer},
};

/// What encodes the frames of one stream. It keeps what its coding needs to know of the frames before, and no buffer.
#[derive(Debug)]
pub(crate) enum Encoder {
    Identity,
    /// Boxed, so that streams that are not compressed keep no room for it.
    Gzip(Box<Member>),
}

impl Encoder {
    pub(crate) fn new(coding: Coding) -> Self {
        match coding {
            Coding::Identity => Self::Identity,
            Coding::Gzip => Self::Gzip(Box::default()),
        }
    }

    /// The first frame, which is short.
    pub(crate) fn first(&mut self, frame: Bytes) -> Bytes {
        match self {
            Self::Identity => frame,
            Self::Gzip(member) => [&HEADER[..], &member.write(&frame)].concat().into(),
        }
    }

    /// A short frame of this stream alone, such as a heartbeat.
    pub(crate) fn short(&mut self, frame: Bytes) -> Bytes {
        match self {
            Self::Identity => frame,
            Self::Gzip(member) => member.write(&frame),
        }
    }

    /// A frame that all streams share.
    pub(crate) fn shared(&mut self, frame: Frame) -> Bytes {
        match self {
            Self::Identity => frame.into_bytes(|frame| frame.plain().clone()),
            Self::Gzip(member) => frame.into_bytes(|frame| member.append(frame.gzip())),
        }
    }

    /// What follows the last frame. Nothing may be encoded after it.
    pub(crate) fn trailer(&self) -> Option<Trailer> {
        match self {
            Self::Identity => None,
            Self::Gzip(member) => Some(member.trailer()),
        }
    }
}
