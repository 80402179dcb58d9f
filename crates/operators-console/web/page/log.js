// The log filter of the process that serves this page.

import { change, get } from "./api.js";
import { byId, setText } from "./dom.js";

export async function logView() {
  const field = byId("log-filter");
  const say = (text) => setText(byId("log-result"), text);
  byId("log-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { data, message } = await change("PUT", "/log", { filter: field.value });
      field.value = data.filter;
      say(`${message}.`);
    } catch (error) {
      say(`${error.message}.`);
    }
  });
  try {
    field.value = (await get("/log")).data.filter;
  } catch (error) {
    say(`${error.message}.`);
  }
}
