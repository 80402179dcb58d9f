use std::collections::HashMap;

use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};

use crate::asset::{Asset, digest};

/// The files that all pages share. In a debug build they are read from the disk at the start, so that a change to one
/// needs no new build.
#[derive(Embed)]
#[folder = "web"]
struct Shared;

/// The file that is served as `/`, and what stands in it for the directory of the others.
const INDEX: &str = "index.html";
const PLACEHOLDER: &str = "/assets/";

/// All files of the page, ready to be sent.
pub(super) struct Assets {
    version: String,
    index: Asset,
    files: HashMap<String, Asset>,
}

impl Assets {
    pub(super) fn embedded<Own: Embed>() -> Self {
        let mut files: Vec<_> = all::<Own>().chain(all::<Shared>()).collect();
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        let version = digest(&files.iter().map(|(name, file)| (name, &file.data)).collect::<Vec<_>>());

        let mut files: HashMap<_, _> = files
            .into_iter()
            .map(|(name, file)| {
                let content = content(&name, &file.data, &version);
                (name, Asset::new(content_type(file.metadata.mimetype()).as_ref(), content))
            })
            .collect();
        // A test sees to it that there is one.
        let index = files.remove(INDEX).unwrap_or_else(|| Asset::new("text/html", Bytes::new()));
        Self { version, index, files }
    }

    /// What the content of all files together is called.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn index(&self) -> &Asset {
        &self.index
    }

    pub(super) fn file(&self, name: &str) -> Option<&Asset> {
        self.files.get(name)
    }
}

fn all<Files: Embed>() -> impl Iterator<Item = (String, EmbeddedFile)> {
    Files::iter().filter_map(|name| Some((name.to_string(), Files::get(&name)?)))
}

fn content(name: &str, data: &[u8], version: &str) -> Bytes {
    match std::str::from_utf8(data) {
        Ok(text) if name == INDEX => text.replace(PLACEHOLDER, &format!("{PLACEHOLDER}{version}/")).into(),
        _ => Bytes::copy_from_slice(data),
    }
}

/// All text is UTF-8, and browsers need the `charset` to know it.
fn content_type(mime: &str) -> String {
    if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() }
}
