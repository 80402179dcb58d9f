// Keeps the focus on the page.

/**
 * Makes a change. If it moves the focused element, that keeps the focus. If it hides, disables or removes it, the browser would
 * move the focus to the start of the document, so it goes to another element instead.
 * @param {() => void} change
 * @param {(lost: Element) => (Element | null | undefined)} instead the element that gets the focus
 */
export function keepFocus(change, instead) {
  const focused = document.activeElement;
  change();
  if (!focused || focused === document.body) return;
  const next = canHaveFocus(focused) ? focused : instead(focused);
  if (next !== document.activeElement) next?.focus({ preventScroll: true });
}

/** Whether an element is in the document, not hidden and not disabled. */
export function canHaveFocus(element) {
  return element.isConnected && element.checkVisibility() && !element.matches(":disabled");
}
