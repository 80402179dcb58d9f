use std::{borrow::Cow, collections::BTreeMap, collections::HashMap};

use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};

use crate::{
    asset::{Asset, digest},
    document::{DIRECTORY, Document, MODULES, STYLES},
};

/// The files that all pages share. In a debug build they are read from the disk at the start, so that a change to one
/// needs no new build.
#[derive(Embed)]
#[folder = "web"]
struct Shared;

/// The file that is served as `/`.
const INDEX: &str = "index.html";

/// All files of the page, ready to be sent.
pub(super) struct Assets {
    version: String,
    index: Asset,
    files: HashMap<String, Asset>,
}

struct File {
    content_type: String,
    data: Cow<'static, [u8]>,
}

impl Assets {
    pub(super) fn embedded<Own: Embed>() -> Self {
        let mut files: BTreeMap<_, _> = all::<Own>().chain(all::<Shared>()).collect();
        let index = files.remove(INDEX);
        let text = |name: &str| files.get(name).and_then(File::text);
        // A test sees to it that there is an index.
        let Document { html, styles, modules } =
            Document::new(index.as_ref().and_then(File::text).unwrap_or_default(), text);
        files.insert(STYLES.to_owned(), File::new("text/css", styles));
        match modules {
            Ok(modules) => {
                files.insert(MODULES.to_owned(), File::new("text/javascript", modules));
            }
            // Only while a page is edited: a test checks that the modules can be joined.
            Err(error) => tracing::warn!(%error, "a page loads its modules one after the other"),
        }

        let version = digest(&files.iter().map(|(name, file)| (name, &file.data)).collect::<Vec<_>>());
        let html = html.replace(DIRECTORY, &format!("{DIRECTORY}{version}/"));
        let index = Asset::new(&content_type("text/html"), html.into());
        let files = files.into_iter().map(|(name, file)| (name, file.into())).collect();
        Self { version, index, files }
    }

    /// A digest of all files but the index.
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

impl File {
    fn new(mime: &str, text: String) -> Self {
        Self { content_type: content_type(mime), data: text.into_bytes().into() }
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.data).ok()
    }
}

impl From<EmbeddedFile> for File {
    fn from(file: EmbeddedFile) -> Self {
        Self { content_type: content_type(file.metadata.mimetype()), data: file.data }
    }
}

impl From<File> for Asset {
    fn from(file: File) -> Self {
        Self::new(&file.content_type, Bytes::from(file.data.into_owned()))
    }
}

fn all<Files: Embed>() -> impl Iterator<Item = (String, File)> {
    Files::iter().filter_map(|name| Some((name.to_string(), Files::get(&name)?.into())))
}

/// All text is UTF-8, and browsers need the `charset` to know it.
fn content_type(mime: &str) -> String {
    if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() }
}
