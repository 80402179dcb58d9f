import assert from "node:assert/strict";
import { test } from "node:test";

import { amountIn, baggageOf, linkOf, pricesOf, ranked, sellersIn, sellersOf } from "../page/prices.js";

const price = (supplier, total, currency = "IDR", more = {}) => ({ supplier, total, currency, ...more });
const inRupiah = (total) => ({ approximate: { total, currency: "IDR", rate_date: "2026-11-23" } });

test("only an https address is a link", () => {
  assert.equal(linkOf({ deep_link: "https://acme.example/buy?a=1" }), "https://acme.example/buy?a=1");
  assert.equal(linkOf({ deep_link: "HTTPS://acme.example" }), "https://acme.example/");
  for (const deep_link of ["http://acme.example", "javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//acme.example",
    "/buy", "", null, undefined, 7]) {
    assert.equal(linkOf({ deep_link }), null, String(deep_link));
  }
});

test("prices are compared in a currency, and those without a rate come last", () => {
  const prices = [price("D", "9", "QQQ"), price("C", "1.00", "USD", inRupiah("17000")), price("A", "18000"), price("E", "8", "QQQ")];
  assert.deepEqual(ranked(prices, "IDR").map(({ supplier }) => supplier), ["C", "A", "E", "D"]);
  assert.deepEqual(prices.map((one) => amountIn(one, "IDR")), [null, 17000, 18000, null]);
  assert.equal(amountIn(prices[1], "USD"), 1);
  assert.equal(amountIn(prices[1], "EUR"), null);
});

test("an offer without prices has its flat one from each of its sellers", () => {
  const offer = { price: 900, currency: "IDR", suppliers: ["GA", "AGG"] };
  assert.deepEqual(pricesOf(offer), [price("GA", "900"), price("AGG", "900")]);
  assert.deepEqual(sellersOf(offer), ["GA", "AGG"]);
  assert.deepEqual(pricesOf({ price: 2 }), [price(undefined, "2")]);
  assert.deepEqual(sellersOf({ price: 2 }), []);
  assert.deepEqual(pricesOf({ price: 2, prices: [] }, "GA"), [price("GA", "2")]);
});

test("baggage is checked, in the cabin only, or not known", () => {
  const bags = (baggage) => baggageOf({ baggage });
  assert.deepEqual([{ checked_pieces: 1 }, { checked_kg: 20 }].map(bags), ["checked", "checked"]);
  assert.deepEqual([{ checked_pieces: 0, cabin_pieces: 1 }, { checked_kg: 0 }].map(bags), ["cabin", "cabin"]);
  assert.deepEqual([{ cabin_pieces: 1 }, {}, undefined].map(bags), [null, null, null]);
});

test("a price of two bookings is kept beside those with the same first seller, and has both sellers", () => {
  const booking = (supplier) => ({ supplier, total: "1", currency: "IDR", fare_brand: "Lite" });
  const pair = (total, ...sellers) =>
    ({ supplier: sellers[0], fare_brand: "Lite", total, currency: "IDR", bookings: sellers.map(booking) });
  const prices = [pair("3", "GA", "SQ"), { ...booking("GA"), total: "4" }, pair("5", "GA", "GA"), pair("6", "GA", "SQ")];
  assert.deepEqual(ranked(prices, "IDR").map(({ total }) => total), ["3", "4", "5"]);
  assert.deepEqual(sellersOf({ prices }), ["GA", "SQ"]);
  assert.deepEqual(prices.map(sellersIn), [["GA", "SQ"], ["GA"], ["GA"], ["GA", "SQ"]]);
});
