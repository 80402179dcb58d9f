//! The page in a real Chromium, against real services.
//!
//! They need `chromium` and `chromedriver` on the PATH, and `npm ci` in this directory. Without Chromium or its driver,
//! the tests are skipped with a message, or fail if `CI=true` or `BROWSER_TESTS=required`.
//!
//! | module | what it contains |
//! | --- | --- |
//! | `browser` | a Chromium for each test |
//! | `page` | what a user of the page does and sees |
//! | `sellers` | suppliers that tell everything about an offer |

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by a panic")]

mod browser;
mod page;
mod sellers;

mod accessibility;
mod bookings;
mod cancelling;
mod checks;
mod compression;
mod connection;
mod days;
mod errors;
mod images;
mod journey;
mod keyboard;
mod language;
mod layout;
mod links;
mod media;
mod offers;
mod operators;
mod options;
mod panels;
mod searching;
mod stability;
mod stalled;
mod suggestions;
mod trips;
mod view;
