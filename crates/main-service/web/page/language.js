// Chooses the language, the size of the form, and whether a search is shown, before anything is drawn. A script and no
// module, because modules run after the first picture.

(() => {
  const root = document.documentElement;
  const known = ["id", "en"];
  // As in text.js, which a script can't import.
  const primary = (tag) => {
    try {
      return new Intl.Locale(tag).language;
    } catch {
      return null;
    }
  };
  let chosen = null;
  try {
    chosen = localStorage.getItem("language");
  } catch {
    // The browser forbids storage: the choice does not stay.
  }
  root.lang = [chosen, ...navigator.languages.map(primary)].find((language) => known.includes(language)) ?? "en";
  // index.html is in English. The body stays hidden until `localize.js` has replaced the texts.
  if (root.lang !== "en") root.dataset.texts = "waiting";
  if (new URLSearchParams(location.search).get("search")) root.dataset.view = "results";
  if (/[#&]return=/.test(location.hash)) root.dataset.trip = "return";
})();
