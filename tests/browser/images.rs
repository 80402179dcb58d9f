//! Renews the pictures of the page in `docs/images`.

use std::{fs, path::Path};

use crate::{
    browser::Look,
    page::{Page, slow},
};

#[tokio::test]
#[ignore = "writes files of the repository; run it by its name after a change of the page"]
async fn pictures_for_the_documents() {
    let system = slow().await;
    let look = Look { width: 1200, height: 820, dark: false };
    for (name, look) in [("page-light.png", look), ("page-dark.png", look.dark())] {
        let page = Page::open(&system, "/", look).await.expect("Chromium is installed");
        page.find("#passengers").await.select_by_value("2").await.unwrap();
        page.search("CGK", "NRT").await;
        page.browser.until("document.querySelector('#progress').value >= 7").await;
        page.browser.until("document.querySelectorAll('.fare').length >= 3").await;
        page.browser.eval("document.activeElement.blur()").await;
        page.still().await;
        let picture = page.browser.client.screenshot().await.unwrap();
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images").join(name), picture).unwrap();
    }
}
