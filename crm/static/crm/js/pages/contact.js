/* Logging a contact over any page: the panel, drafts that stay, and an outbox for what could not be sent.

   Kept in localStorage under qiao:contacts:…:USER, not under qiao. like other things of this device: a session that
   merely ended must not lose what was written. Signing out, or somebody else signing in, clears it. Nothing can be
   there twice: each draft has a key, and the server makes one contact of a key. */
const user = document.body.dataset.user;
const DRAFT = `qiao:contacts:draft:${user}:`;
const OUTBOX = `qiao:contacts:outbox:${user}`;
const { toast } = window.qiao;

const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* private mode */ } },
  keys() { try { return Object.keys(localStorage).filter((key) => key.startsWith("qiao:contacts:")); } catch { return []; } },
};
const mine = (key) => key === OUTBOX || key.startsWith(DRAFT);
for (const key of store.keys()) if (!mine(key)) store.drop(key);

/* where a page is about a customer */
const HERE = /^\/(?:customers|visits\/customers|contacts\/customers|promises\/customers)\/(\d+)\//;
const customerHere = () => HERE.exec(location.pathname)?.[1] ?? "";
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

/* the fields of a form, without what belongs to this page only */
const SKIPPED = new Set(["csrfmiddlewaretoken", "version"]);
const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => !SKIPPED.has(name) && typeof value === "string" && value !== "");
const USUAL = new Set(["client_key", "channel", "direction", "written_at"]);
const saysSomething = (fields) => fields.some(([name]) => !USUAL.has(name));

function fill(form, fields) {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const element of form.elements) {
    if (!element.name || SKIPPED.has(element.name)) continue;
    const wanted = values.get(element.name) ?? [];
    if (element.type === "radio" || element.type === "checkbox") element.checked = wanted.includes(element.value);
    else if (wanted.length) element.value = wanted[0];
    else if (element.name !== "client_key") element.value = "";
  }
  for (const more of form.querySelectorAll("details")) {
    if ([...more.querySelectorAll("input, textarea")].some((one) => one.value && !["radio", "checkbox"].includes(one.type))) more.open = true;
  }
}

export async function start(dialog) {
  const body = dialog.querySelector("#quick-body");
  const said = dialog.dataset;
  const { createOutbox } = await import(said.outboxSrc);
  const outbox = createOutbox({ key: OUTBOX, store, send, told });

  function told(what) {
    if (what === "sent") toast(said.sentText);
    if (what === "signed-out") toast(said.signedOutText, "warn");
  }

  /* → {state: "made"|"refused"|"signed-out"|"kept", …} */
  async function send(item, stays = true) {
    const data = new URLSearchParams(item.fields);
    const headers = { Accept: "application/json", "X-CSRFToken": token(), ...(stays ? { "X-Stay": "1" } : {}) };
    let answer;
    try {
      answer = await fetch(item.action, { method: "POST", body: data, headers, credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(20000) });
    } catch {
      return { state: "kept" };
    }
    if (answer.status === 201) return { state: "made", ...(await answer.json()) };
    if (answer.status === 422) return { state: "refused", errors: (await answer.json()).errors };
    if (answer.type === "opaqueredirect" || answer.status === 403) return { state: "signed-out" };
    if (answer.status === 404) return { state: "refused", errors: {} };
    return { state: "kept" };
  }

  /* what the server refused goes back to be a draft, for the person to put right */
  outbox.onRefused = (item) => {
    store.set(DRAFT + item.customer, item.fields);
    toast(said.refusedText, "bad", item.action);
  };

  const show = async (address) => {
    await window.htmx.ajax("GET", address, { target: body });
    const form = body.querySelector("[data-contact-form]");
    if (form) prepare(form);
    else prepareWho();
    (form?.querySelector("textarea, input:checked") ?? body.querySelector("input"))?.focus();
  };
  let about = null;
  const addressFor = (customer) => said.src + (customer ? `?customer=${customer}` : "");
  const open = (customer) => {
    window.qiao.closeMenus();
    if (!dialog.open) dialog.showModal();
    show(addressFor(customer));
  };

  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element ? event.target.closest("[data-quick-open]") : null;
    if (!opener || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const asked = new URL(opener.href, location.href).searchParams.get("customer");
    /* "here": the page it stands on is about that customer and shows what was logged */
    about = opener.dataset.quickOpen === "here" ? asked : null;
    open(asked ?? customerHere());
  });

  /* somebody else: what was written moves along */
  body.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-who]");
    if (!choice || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const form = body.querySelector("[data-contact-form]");
    if (form) { carried = fieldsOf(form).filter(([name]) => name !== "person" && name !== "topics"); store.drop(DRAFT + form.dataset.customer); }
    show(addressFor(choice.dataset.who));
  });
  let carried = null;

  /* lately looked at on this device, beside whom one spoke with */
  function prepareWho() {
    const chips = body.querySelector("[data-who-chips]");
    let seen = [];
    try { seen = JSON.parse(localStorage.getItem(`qiao.recent.${user}`)) ?? []; } catch { /* private mode */ }
    for (const { href, title } of seen) {
      const customer = /^\/customers\/(\d+)\/$/.exec(href)?.[1];
      if (!customer || chips.querySelector(`[data-who="${customer}"]`) || chips.children.length >= 8) continue;
      const chip = document.createElement("a");
      chip.className = "chip on";
      chip.href = `${said.page}?customer=${customer}`;
      chip.dataset.who = customer;
      chip.textContent = title;
      chips.append(chip);
    }
    body.querySelector("[data-who-recent]").hidden = !chips.children.length;
  }

  function prepare(form) {
    const key = DRAFT + form.dataset.customer;
    const note = form.querySelector("[data-draft]");
    for (const days of form.querySelectorAll("[data-days]")) days.hidden = false;
    const kept = carried && saysSomething(carried) ? carried : store.get(key);
    if (kept && saysSomething(kept)) {
      fill(form, kept);
      if (!carried) note.hidden = false;
      form.dispatchEvent(new CustomEvent("contact:filled"));
    }
    const keep = () => { const fields = fieldsOf(form); if (saysSomething(fields)) store.set(key, fields); else store.drop(key); };
    if (carried) keep();
    carried = null;
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.querySelector("[data-draft-drop]")?.addEventListener("click", () => {
      store.drop(key);
      form.reset();
      note.hidden = true;
      if (window.crypto.randomUUID) form.elements.client_key.value = crypto.randomUUID();
    });
    form.addEventListener("click", (event) => {
      const day = event.target.closest("[data-day]");
      if (!day) return;
      const field = document.getElementById(day.dataset.for);
      field.value = day.dataset.day;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    /* a face that is tapped again says nothing */
    form.addEventListener("pointerdown", (event) => {
      const radio = event.target.closest(".face-chip")?.querySelector("input");
      if (radio?.checked) setTimeout(() => { radio.checked = false; keep(); }, 0);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) { event.preventDefault(); form.requestSubmit(); }
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.busy) return;
      form.dataset.busy = "1";
      form.elements.written_at.value = new Date().toISOString();
      const item = { action: form.action, customer: form.dataset.customer, fields: fieldsOf(form) };
      const page = "contactPage" in form.dataset;
      /* of the customer whose page is open the new one is shown at once */
      const stays = !page && customerHere() !== item.customer && about !== item.customer;
      const answer = await send(item, stays);
      delete form.dataset.busy;
      if (answer.state === "refused") { showFlaws(form, answer.errors); return; }
      if (answer.state !== "made" && !outbox.add(item)) { toast(window.qiao.texts.error, "bad"); return; }
      store.drop(key);
      form.removeEventListener("input", keep);
      form.removeEventListener("change", keep);
      dialog.close();
      if (answer.state === "made") {
        /* a form that ends in its own way (a visit's report) says so */
        const goes = form.dispatchEvent(new CustomEvent("contact:made", { detail: answer, cancelable: true }));
        if (!goes) return;
        if (page) location.assign(`/contacts/customers/${item.customer}/`);
        else if (stays) toast(answer.text, "ok", answer.url);
        else location.reload();
        return;
      }
      toast(answer.state === "signed-out" ? said.signedOutText : said.kept, "warn", answer.state === "signed-out" ? `${document.body.dataset.login}?next=${encodeURIComponent(location.pathname)}` : "");
      form.dispatchEvent(new CustomEvent("contact:kept"));
      if (page) form.reset();
    });
  }

  function showFlaws(form, errors) {
    const place = form.querySelector("[data-flaws]");
    const lines = Object.entries(errors).map(([name, flaws]) => {
      const field = form.elements[name];
      const label = field?.labels?.[0]?.textContent.trim() ?? field?.[0]?.closest("fieldset")?.querySelector("legend")?.textContent.trim();
      if (field?.closest) { const more = field.closest("details"); if (more) more.open = true; }
      return label ? `${label}: ${flaws.join(" ")}` : flaws.join(" ");
    });
    place.textContent = lines.join(" ") || window.qiao.texts.missing;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }

  /* the same form as a page of its own */
  const page = document.querySelector("[data-contact-page]");
  if (page) prepare(page);

  /* signing out: nothing stays on this device; what waits is tried once more before */
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("form[data-sign-out]");
    if (!form || form.dataset.cleared) return;
    event.preventDefault();
    await outbox.flush();
    if (outbox.size() && !window.confirm(said.leaveText)) return;
    for (const key of store.keys()) store.drop(key);
    form.dataset.cleared = "1";
    /* not while the event that was held up is still on its way: a form takes no second one then */
    setTimeout(() => form.requestSubmit(), 0);
  }, true);

  outbox.show();
  await outbox.flush();
  dialog.dataset.ready = "";
}
