/* Lists: select all, ranges with Shift, how many are selected. The bulk bar itself is shown by CSS. */
(() => {
  "use strict";
  const boxes = (form) => [...form.querySelectorAll("tbody .sel input[type=checkbox]")];
  let last = null;

  const count = (form) => {
    const all = boxes(form);
    const picked = all.filter((box) => box.checked).length;
    for (const place of form.querySelectorAll("[data-selected-count]")) place.textContent = picked.toLocaleString("en");
    const head = form.querySelector("[data-select-all]");
    if (head) {
      head.checked = picked > 0 && picked === all.length;
      head.indeterminate = picked > 0 && picked < all.length;
    }
  };

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const box = event.target.closest("tbody .sel input[type=checkbox]");
    const form = event.target.closest("form");
    if (!box || !form) return;
    const all = boxes(form);
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const other of all.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
    count(form);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form");
    if (!form) return;
    if (event.target.matches("[data-select-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
    if (event.target.matches("[data-select-all], .sel input")) count(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-select-none]");
    const form = button && button.closest("form");
    if (!form) return;
    for (const box of boxes(form)) box.checked = false;
    for (const box of form.querySelectorAll("[data-select-beyond]")) box.checked = false;
    count(form);
  });
  const start = (part) => part.querySelectorAll?.("[data-select-all]").forEach((head) => head.form && count(head.form));
  start(document);
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));

  /* the cross in a search field empties it and sends the form */
  document.addEventListener("click", (event) => {
    const clear = event.target instanceof Element && event.target.closest("[data-clear]");
    if (!clear) return;
    const input = clear.closest(".search").querySelector("input");
    input.value = "";
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (!input.hasAttribute("hx-get")) input.form?.requestSubmit();
  });
})();
