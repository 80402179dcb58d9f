// Screen reader announcements, at a limited rate.

/** The time between two announcements, in milliseconds: about as long as it takes to read one out. */
const INTERVAL_MS = 4000;

/**
 * @param {Element} region an `aria-live` region
 * @returns {(text: string, options?: { now?: boolean }) => void} announces a text; within the interval, only
 *   the last one. With `now`, immediately.
 */
export function announcer(region) {
  let waiting = null;
  let timer = null;
  let last = 0;
  const speak = () => {
    clearTimeout(timer);
    timer = null;
    last = performance.now();
    if (waiting !== region.textContent) region.textContent = waiting;
  };
  return (text, { now = false } = {}) => {
    waiting = text;
    const left = INTERVAL_MS - (performance.now() - last);
    if (now || left <= 0) speak();
    else timer ??= setTimeout(speak, left);
  };
}
