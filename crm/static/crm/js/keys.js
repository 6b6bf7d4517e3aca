/* The keyboard: ⌘K, / , g + letter, ?, and the rows of a table; and the palette that ⌘K opens. */
(() => {
  "use strict";
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  if (mac) for (const key of document.querySelectorAll("[data-mod-key]")) key.textContent = `⌘${key.dataset.modKey}`;

  const dialog = document.querySelector("[data-palette]");
  const open = (id) => window.qiao.openDialog(id);
  const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]");

  /* rows */
  const rows = () => [...document.querySelectorAll("table[data-rows] tbody tr")].filter((row) => row.querySelector("a.open"));
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("cursor"));
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
    all[at]?.classList.remove("cursor");
    next.classList.add("cursor");
    next.querySelector("a.open").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const cursor = () => rows().find((row) => row.classList.contains("cursor"));

  let awaiting = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      if (dialog && open("palette")) event.preventDefault();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (awaiting && Date.now() - awaiting < 1500) {
      awaiting = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (link) { event.preventDefault(); location.assign(link.href); }
      return;
    }
    const acts = {
      g: () => { awaiting = Date.now(); },
      "/": () => (document.querySelector("[data-list-search]") ?? (open("palette"), null))?.focus(),
      "?": () => open("keys"),
      j: () => step(1),
      k: () => step(-1),
      l: () => document.querySelector("[data-key-log]")?.click(),
      n: () => document.querySelector("[data-key-new]")?.click(),
      x: () => cursor()?.querySelector(".sel input")?.click(),
    };
    if (acts[key]) { event.preventDefault(); acts[key](); }
  });

  /* the palette */
  if (!dialog) return;
  const input = dialog.querySelector("[role=combobox]");
  const hits = dialog.querySelector("#palette-hits");
  const recent = dialog.querySelector("[data-recent]");
  const pages = dialog.querySelector("[data-pages]");
  const none = dialog.querySelector("[data-none]");
  const KEY = `qiao.recent.${document.body.dataset.user}`;
  const options = () => [...dialog.querySelectorAll("[role=option]")].filter((o) => !o.hidden && !o.parentElement.hidden);
  let chosen = null;

  const choose = (option) => {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option ?? null;
    if (!chosen) { input.removeAttribute("aria-activedescendant"); return; }
    chosen.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };
  const refresh = () => {
    const text = input.value.trim().toLowerCase();
    if (!text) hits.replaceChildren();
    for (const option of pages.children) option.hidden = Boolean(text) && !option.textContent.toLowerCase().includes(text);
    recent.hidden = Boolean(text) || !recent.children.length;
    const all = options();
    none.hidden = !text || all.length > 0;
    if (!chosen || !all.includes(chosen) || all.indexOf(chosen) > 0) choose(all[0]);
  };
  const load = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; } };
  const showRecent = () => {
    recent.replaceChildren(
      ...load().map((item, index) => {
        const option = document.createElement("a");
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.tabIndex = -1;
        option.id = `recent-${index}`;
        option.href = item.href;
        option.dataset.hit = "";
        const mark = document.getElementById("recent-mark")?.content.firstElementChild.cloneNode(true);
        if (mark) option.append(mark);
        const label = document.createElement("span");
        label.className = "grow";
        label.textContent = item.title;
        option.append(label);
        return option;
      }),
    );
  };
  const keep = (option) => {
    if ("hit" in option.dataset) keepAs(option.href, (option.querySelector(".m") ?? option.querySelector(".grow")).textContent);
  };
  const keepAs = (address, title) => {
    const href = new URL(address, location.href).pathname;
    const list = [{ href, title }, ...load().filter((item) => item.href !== href)].slice(0, 5);
    try { localStorage.setItem(KEY, JSON.stringify(list)); } catch { /* private mode */ }
  };

  /* a customer whose page is open is a recent one */
  const seen = document.querySelector("[data-recent-as]");
  if (seen) keepAs(location.href, seen.dataset.recentAs);

  dialog.addEventListener("opened", () => {
    input.value = "";
    showRecent();
    chosen = null;
    refresh();
    input.focus();
  });
  input.addEventListener("input", refresh);
  hits.addEventListener("htmx:afterSwap", () => { chosen = null; refresh(); });
  dialog.addEventListener("htmx:afterSettle", refresh);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    if (chosen) { event.preventDefault(); chosen.click(); }
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      /* a search field would only empty itself */
      event.preventDefault();
      dialog.close();
      return;
    }
    const all = options();
    const at = all.indexOf(chosen);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to === undefined || !all.length) return;
    event.preventDefault();
    choose(all[(to + all.length) % all.length]);
  });
  dialog.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) { keep(option); if (!event.metaKey && !event.ctrlKey) dialog.close(); }
  });
})();
