//! The page in a real Chromium, against real services.
//!
//! Needs `chromium` and `chromedriver` on the PATH and, in this directory, `npm ci`. Where the two are missing the
//! tests say so and are skipped, unless `CI=true` or `BROWSER_TESTS=required`: then they fail.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `browser` | a Chromium of its own for each test |
//! | `page` | what a user of the page does and sees |

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests panic where they fail")]

mod browser;
mod page;

mod accessibility;
mod cancelling;
mod connection;
mod errors;
mod keyboard;
mod links;
mod operators;
mod searching;
mod stability;
mod stalled;
mod suggestions;
