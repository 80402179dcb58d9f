//! The pictures of the page in `docs/images`: `UPDATE_IMAGES=1` renews them.

use std::{fs, path::Path};

use crate::{
    browser::Look,
    page::{Page, slow},
};

#[tokio::test]
async fn pictures_for_the_documents_can_be_taken() {
    let system = slow().await;
    let look = Look { width: 1200, height: 820, dark: false };
    for (name, look) in [("page-light.png", look), ("page-dark.png", look.dark())] {
        let Some(page) = Page::open(&system, "/", look).await else { return };
        page.find("#passengers").await.select_by_value("2").await.unwrap();
        page.search("CGK", "NRT").await;
        page.browser.until("document.querySelector('#progress').value >= 7").await;
        page.browser.until("document.querySelectorAll('.fare').length >= 3").await;
        page.browser.eval("document.activeElement.blur()").await;
        page.still().await;
        let picture = page.browser.client.screenshot().await.unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images").join(name);
        if std::env::var_os("UPDATE_IMAGES").is_some() {
            fs::write(&path, &picture).unwrap();
        }
        assert_eq!(size(&picture), size(&fs::read(path).unwrap()), "{name} was taken of another window");
    }
}

/// Width and height of a PNG, as in its header.
fn size(png: &[u8]) -> &[u8] {
    &png[16..24]
}
