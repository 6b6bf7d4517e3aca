/* The frame: menus, dialogs, theme, toasts, htmx's answers, the bell, forms, being offline.
   Every module binds by data-* on the document, so that swapped-in parts need no binding of their own. */
(() => {
  "use strict";
  const root = document.documentElement;
  const texts = document.querySelector("[data-texts]")?.dataset ?? {};
  const on = (name, handler, options) => document.addEventListener(name, handler, options);
  const within = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  /* menus: <details data-menu>; one at a time, closed by Escape, by a click outside and when focus leaves */
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!except || !menu.contains(except)) menu.open = false;
    }
  };
  on("click", (event) => closeMenus(event.target));
  on("focusin", (event) => closeMenus(event.target));
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = within(event, "details[data-menu][open]") ?? document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.preventDefault();
    }
  });

  /* dialogs: data-dialog="id" opens, data-dialog-close closes, a click on the veil closes */
  const openDialog = (id) => {
    const dialog = document.getElementById(id);
    if (!(dialog instanceof HTMLDialogElement)) return false;
    closeMenus();
    if (!dialog.open) dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("opened", { bubbles: true }));
    return true;
  };
  on("click", (event) => {
    const opener = within(event, "[data-dialog]");
    if (opener && openDialog(opener.dataset.dialog)) event.preventDefault();
    if (within(event, "[data-dialog-close]")) within(event, "dialog")?.close();
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });

  /* theme: at once, kept by the form's own POST in the background */
  const showTheme = (theme) => {
    root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-form] [name=theme]")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  };
  on("submit", (event) => {
    const form = within(event, "form[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    showTheme(event.submitter.value);
    const body = new FormData(form, event.submitter);
    fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() =>
      toast(texts.unreachable, "bad"),
    );
  });

  /* toasts */
  const leave = (element) => {
    element.classList.add("out");
    setTimeout(() => element.remove(), 220);
  };
  const arm = (element) => {
    if (element.classList.contains("bad")) return;
    const wait = element.classList.contains("warn") ? 12000 : 6000;
    let timer = setTimeout(() => leave(element), wait);
    const hold = () => clearTimeout(timer);
    const go = () => { clearTimeout(timer); timer = setTimeout(() => leave(element), 3000); };
    element.addEventListener("pointerenter", hold);
    element.addEventListener("focusin", hold);
    element.addEventListener("pointerleave", go);
    element.addEventListener("focusout", go);
  };
  function toast(text, kind = "ok", href = "") {
    const place = document.querySelector("[data-toasts]");
    const template = document.getElementById(`toast-${kind}`) ?? document.getElementById("toast-ok");
    if (!place || !template || !text) return;
    for (const old of place.querySelectorAll("[data-toast]")) if (old.querySelector("span").textContent === text) old.remove();
    const element = template.content.firstElementChild.cloneNode(true);
    element.querySelector("span").textContent = text;
    if (href && href.startsWith("/") && !href.startsWith("//")) {
      const link = document.createElement("a");
      link.className = "undo";
      link.href = href;
      link.textContent = texts.open;
      element.querySelector("span").after(link);
    }
    place.append(element);
    arm(element);
  }
  on("click", (event) => {
    if (within(event, "[data-toast-close]")) leave(within(event, "[data-toast]"));
  });
  on("toasts", (event) => {
    for (const item of event.detail?.value ?? event.detail ?? []) toast(item.text, item.kind, item.href);
  });
  for (const element of document.querySelectorAll("[data-toasts] [data-toast]")) arm(element);

  /* htmx: what went wrong is said, never swallowed */
  on("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const text = { 403: texts.refused, 404: texts.missing, 429: texts.busy }[status] ?? texts.error;
    if (!event.detail.elt.hasAttribute("data-quiet")) toast(text, "bad");
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    on(name, (event) => {
      if (!event.detail.elt.hasAttribute("data-quiet")) toast(texts.unreachable, "bad");
    });
  }

  /* the bell: asks only when something may be running, so that a quiet page costs no request */
  const bell = document.querySelector("[data-bell]");
  const KEY = "qiao.jobs";
  const recall = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const remember = (value) => { try { localStorage.setItem(KEY, value); } catch { /* private mode */ } };
  if (bell) {
    const ask = () => window.htmx?.trigger(document.body, "bell");
    on("htmx:afterSwap", (event) => {
      if (event.target.id !== "bell" && event.detail.target?.id !== "bell") return;
      remember(document.querySelector("#bell[data-active]") ? "active" : "idle");
    });
    on("submit", () => remember("maybe"), true);
    on("jobs-changed", () => { remember("maybe"); ask(); });
    bell.addEventListener("toggle", () => bell.open && ask());
    window.addEventListener("load", () => recall() !== "idle" && ask());
  }

  /* signed out: leave nothing of the person behind on this device */
  if (document.body.hasAttribute("data-signed-out")) {
    try { for (const key of Object.keys(localStorage)) if (key.startsWith("qiao.")) localStorage.removeItem(key); } catch { /* private mode */ }
  }

  /* forms: the summary of errors takes the focus; data-once is sent once; data-autosubmit sends on change */
  const focusErrors = (part) => (part.matches?.("[data-error-summary]") ? part : part.querySelector?.("[data-error-summary]"))?.focus();
  focusErrors(document);
  on("htmx:afterSwap", (event) => focusErrors(event.target));
  on("submit", (event) => {
    const form = within(event, "form[data-once]");
    if (!form) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => form.querySelectorAll("[type=submit]").forEach((b) => b.setAttribute("aria-disabled", "true")), 0);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach((b) => b.removeAttribute("aria-disabled"));
    }
  });
  on("change", (event) => {
    const form = within(event, "form[data-autosubmit]");
    if (form && !event.target.matches("[data-no-submit]")) form.requestSubmit();
  });
  on("submit", (event) => {
    const form = within(event, "form[data-confirm]");
    const dialog = form && document.getElementById(form.dataset.confirm);
    if (!dialog || form.dataset.confirmed) return;
    event.preventDefault();
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") { form.dataset.confirmed = "1"; form.requestSubmit(event.submitter); }
    }, { once: true });
  }, true);

  /* file fields: data-drop shows what was picked and takes what is dropped */
  const showPicked = (drop, input) => {
    const files = [...input.files];
    const name = drop.querySelector("[data-picked]");
    const largest = Number(drop.dataset.max || 0);
    const large = largest && files.some((file) => file.size > largest);
    input.setCustomValidity(large ? texts.tooLarge : "");
    if (large) input.reportValidity();
    if (name) {
      name.hidden = !files.length;
      name.textContent = files.map((file) => file.name).join(" · ");
    }
    drop.classList.toggle("has", files.length > 0);
  };
  on("change", (event) => {
    const drop = within(event, "[data-drop]");
    if (drop && event.target.type === "file") showPicked(drop, event.target);
  });
  for (const name of ["dragenter", "dragover"]) {
    on(name, (event) => {
      const drop = within(event, "[data-drop]");
      if (!drop || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  on("dragleave", (event) => {
    const drop = within(event, "[data-drop]");
    if (drop && !drop.contains(event.relatedTarget)) drop.classList.remove("over");
  });
  on("drop", (event) => {
    const drop = within(event, "[data-drop]");
    if (!drop) return;
    event.preventDefault();
    drop.classList.remove("over");
    const input = drop.querySelector("input[type=file]");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* data-copy="#id": copies that element's text */
  on("click", async (event) => {
    const button = within(event, "[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
      toast(texts.copied);
    } catch {
      getSelection().selectAllChildren(source);
    }
  });

  /* parts with a script of their own: data-module="address", started once, again when swapped in */
  const startModules = (part) => {
    for (const element of part.querySelectorAll?.("[data-module]:not([data-started])") ?? []) {
      element.dataset.started = "";
      import(element.dataset.module).then((module) => module.start(element)).catch(() => toast(texts.unreachable, "bad"));
    }
  };
  startModules(document);
  on("htmx:afterSettle", () => startModules(document));

  /* tabs in a strip wider than the screen: the open one is in sight, nothing but the strip moves */
  const showTab = (part) => {
    for (const tab of part.querySelectorAll?.(".tabs > [aria-current]") ?? []) {
      const strip = tab.parentElement;
      const beyond = tab.getBoundingClientRect().left - strip.getBoundingClientRect().left;
      strip.scrollLeft += beyond - (strip.clientWidth - tab.offsetWidth) / 2;
    }
  };
  showTab(document);
  document.fonts?.ready.then(() => showTab(document));
  on("htmx:afterSettle", (event) => showTab(event.target));

  /* offline */
  const banner = document.querySelector("[data-offline]");
  const show = () => { if (banner) banner.hidden = navigator.onLine; };
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();

  window.qiao = { toast, openDialog, closeMenus, texts };
})();
