/* Text that is cut off: by its own box, by one around it, or by the edge of the window, where nothing scrolls.
   Meant to be cut: what ends in an ellipsis and says all in its title, or is repeated in full elsewhere (.clip, crumbs);
   what only screen readers are told. */
() => {
  const found = [];
  const say = (element, what) => found.push(
    `cut off: ${what}: <${element.tagName.toLowerCase()} class="${element.className}"> ${element.textContent.trim().slice(0, 60)}`);
  const hides = (style) => [style.overflowX, style.overflowY].some((v) => v === "hidden" || v === "clip");
  const scrolls = (style) => [style.overflowX, style.overflowY].some((v) => v === "auto" || v === "scroll");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const seen = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || seen.has(element)) continue;
    if (element.closest(".vh, .visually-hidden, .skip, script, style, template, noscript, dialog:not([open]), option, svg")) continue;
    if (!element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue;
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (text.width < 1 || text.height < 1) continue;
    seen.add(element);
    let box = element;
    for (; box && box !== document.documentElement; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.clipPath !== "none") break;             /* only for screen readers */
      if (style.display === "inline" || style.display === "contents") continue;
      const frame = box.getBoundingClientRect();
      const over = Math.max(text.right - frame.right, frame.left - text.left);
      if (scrolls(style)) break;
      const ellipsis = style.textOverflow === "ellipsis" && (box.title || box.closest("[title]") || box.classList.contains("clip"));
      if (hides(style)) {
        if (ellipsis) break;
        if (over > 1 || text.bottom - frame.bottom > 2 || frame.top - text.top > 2) { say(element, "hidden"); break; }
      } else if (over > 1 && box === element) {
        say(element, `${Math.round(over)} px out of its box`);
        break;
      }
      if (style.position === "fixed" || style.position === "absolute") break;
    }
    if (box === document.documentElement && (text.right > innerWidth + 1 || text.left < -1)) say(element, "out of the window");
  }
  for (const field of document.querySelectorAll("button, .btn, select, summary")) {
    if (!field.checkVisibility({ checkVisibilityCSS: true }) || getComputedStyle(field).clipPath !== "none") continue;
    if (field.closest(".vh") || !field.clientWidth) continue;
    if (field.tagName !== "SELECT" && field.scrollWidth > field.clientWidth + 1 && getComputedStyle(field).overflowX === "visible")
      if (![...field.querySelectorAll("*")].some((e) => getComputedStyle(e).position === "absolute")) say(field, "wider than its button");
  }
  return [...new Set(found)];
}
