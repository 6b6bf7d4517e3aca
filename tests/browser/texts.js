/* Every text a person can meet on the page as it stands, menus and dialogs that are still closed included. */
() => {
  const found = new Set();
  const skip = "script, style, template, noscript, code, pre, kbd, textarea, [lang]:not(html), [translate=no]";
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.data.trim() && !node.parentElement.closest(skip)) found.add(node.data.trim().replace(/\s+/g, " "));
  }
  for (const element of document.querySelectorAll("[title], [aria-label], [placeholder], [alt], [data-tip], input[type=submit]")) {
    if (element.closest(skip)) continue;
    for (const name of ["title", "aria-label", "placeholder", "alt", "data-tip"]) {
      const text = element.getAttribute(name);
      if (text?.trim()) found.add(text.trim().replace(/\s+/g, " "));
    }
    if (element.matches("input[type=submit]")) found.add(element.value.trim());
  }
  for (const value of Object.values(document.querySelector("[data-texts]")?.dataset ?? {})) if (value) found.add(value);
  return [...found];
}
