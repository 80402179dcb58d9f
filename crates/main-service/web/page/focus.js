// Keeps the focus on the page.

/**
 * Makes a change. If it hides or removes the focused element, the browser would move the focus to the start of the
 * document, so it goes to another element instead.
 * @param {() => void} change
 * @param {(lost: Element) => (Element | null | undefined)} instead the element that gets the focus
 */
export function keepFocus(change, instead) {
  const focused = document.activeElement;
  change();
  if (!focused || focused === document.body || isShown(focused)) return;
  instead(focused)?.focus({ preventScroll: true });
}

/** Whether an element is in the document and not hidden. */
export function isShown(element) {
  return element.isConnected && element.checkVisibility();
}
