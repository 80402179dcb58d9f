// Telling a screen reader what happens, without talking all the time.

/** The least time between two announcements, in milliseconds: about what one takes to be read out. */
const INTERVAL_MS = 4000;

/**
 * @param {Element} region an `aria-live` region
 * @returns {(text: string, options?: { now?: boolean }) => void} says a text; of several within the interval only
 *   the last. With `now` it takes the place of whatever waits.
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
