// How values are written on the page. Pure.

/** `0.4 s`, `12 s`, `3 min`, `5 h`, `2 days` */
export function age(ms) {
  if (ms === null || ms === undefined) return "";
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** `512 B`, `3 KiB`, `2048 MiB` */
export function bytes(number) {
  if (number < 1024) return `${number} B`;
  if (number < 1_048_576) return `${Math.floor(number / 1024)} KiB`;
  return `${Math.floor(number / 1_048_576)} MiB`;
}

/** `20:40:23.123 UTC`, with the day if it is not that of `now`; empty if it is unknown or no time. */
export function time(at, now = Date.now()) {
  if (at === null || at === undefined) return "";
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const text = date.toISOString();
  const clock = `${text.slice(11, 23)} UTC`;
  return text.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? clock : `${text.slice(0, 10)} ${clock}`;
}

/** `CGK → DPS, 2027-07-10` */
export function route({ from, to, date }) {
  return `${from ?? "?"} → ${to ?? "?"}, ${date ?? "?"}`;
}
