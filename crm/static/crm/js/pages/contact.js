/* Logging a contact over any page: the panel, and drafts that stay; what cannot be sent waits in offline/queue.js.

   Drafts are in localStorage under qiao:contacts:…:USER, not under qiao. like other things of this device: a session
   that merely ended must not lose what was written. Signing out, or somebody else signing in, clears them. Nothing can
   be there twice: each form has a key made here, and the server makes one contact of a key. A draft has none, since two
   windows may show the same one; once its words are in the queue, which keeps them with their key, the draft goes. */
const user = document.body.dataset.user;
const DRAFT = `qiao:contacts:draft:${user}:`;
const { toast } = window.qiao;

const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* private mode */ } },
  keys() { try { return Object.keys(localStorage).filter((key) => key.startsWith("qiao:contacts:")); } catch { return []; } },
};
/* what waited in the time before the queue is nobody's draft: queue.js takes it over */
const OUTBOX = "qiao:contacts:outbox:";
for (const key of store.keys()) if (!key.startsWith(DRAFT) && !key.startsWith(OUTBOX)) store.drop(key);

/* where a page is about a customer */
const HERE = /^\/(?:customers|visits\/customers|contacts\/customers|promises\/customers)\/(\d+)\//;
const customerHere = () => HERE.exec(location.pathname)?.[1] ?? "";
/* made here; over plain HTTP and in older browsers there is no randomUUID */
function newKey() {
  if (window.crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/* the fields of a form, without what belongs to this page only */
const SKIPPED = new Set(["csrfmiddlewaretoken", "version"]);
const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => !SKIPPED.has(name) && typeof value === "string" && value !== "");
const draftOf = (form) => fieldsOf(form).filter(([name]) => name !== "client_key");
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
    else if (element.name === "client_key" || element.type === "file") continue;
    else if (element.tagName !== "SELECT" || [...element.options].some((one) => one.value === "")) element.value = "";
  }
  for (const more of form.querySelectorAll("details")) {
    if ([...more.querySelectorAll("input, textarea")].some((one) => one.value && !["radio", "checkbox"].includes(one.type))) more.open = true;
  }
}

/* what was chosen, in the words of the form, for the card where it waits */
function textsOf(form) {
  const found = [];
  for (const element of form.elements) {
    if (!element.name || element.type === "hidden" || element.type === "file" || !element.value) continue;
    const picked = element.type === "radio" || element.type === "checkbox";
    if (picked ? !element.checked : element.tagName === "SELECT" ? element.selectedOptions[0]?.defaultSelected : element.value === element.defaultValue && element.tagName !== "TEXTAREA") continue;
    const own = element.labels?.[0]?.textContent.trim() ?? "";
    const group = element.closest("fieldset")?.querySelector("legend")?.textContent.trim();
    found.push(picked ? [group ?? "", own] : [own, element.tagName === "SELECT" ? element.selectedOptions[0].textContent.trim() : element.value]);
  }
  return found;
}
const labelsOf = (form) => Object.fromEntries([...form.elements].filter((one) => one.name && one.labels?.length && one.type !== "radio").map((one) => [one.name, one.labels[0].textContent.trim()]));
const itemOf = (form, written) => ({
  key: form.elements.client_key.value,
  kind: form.elements.photos ? "report" : "contact",
  action: new URL(form.action, location.href).pathname + new URL(form.action, location.href).search,
  draft: form.dataset.customer,
  name: form.dataset.name,
  fields: fieldsOf(form),
  photos: [...(form.elements.photos?.files ?? [])],
  texts: textsOf(form),
  labels: labelsOf(form),
  written,
});

const dayOf = (zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format();

/* what was refused and is to be put right here (#back=KEY), and whether a report of this visit waits already */
async function heldFor(queue, form) {
  const key = /^#back=([\w-]+)$/.exec(location.hash)?.[1];
  const held = await queue.waiting();
  const back = key ? held.find((item) => item.key === key && !item.sent) : null;
  const waits = form.elements.photos && held.some((item) => item.draft === form.dataset.customer && item.key !== key && item.state !== "refused");
  return [back, waits];
}
function giveBack(form, { photos }) {
  const files = new DataTransfer();
  for (const photo of photos) files.items.add(photo);
  if (form.elements.photos) form.elements.photos.files = files.files;
}
function hold(form) {
  form.querySelector("[data-waits]").hidden = false;
  form.querySelector("[type=submit]").disabled = true;
}

/* the line on every page: how many wait, how many were refused */
function showOutbox(queue) {
  const banner = document.querySelector("[data-outbox]");
  if (!banner) return;
  const show = async () => {
    const held = (await queue.waiting()).filter((item) => !item.fresh);
    const refused = held.filter((item) => ["failed", "refused", "conflict"].includes(item.state)).length;
    for (const [name, count] of [["waiting", held.length - refused], ["refused", refused]]) {
      const part = banner.querySelector(`[data-outbox-${name}]`);
      part.hidden = !count;
      part.querySelector(".num").textContent = count;
    }
    banner.hidden = !held.length;
  };
  queue.listen(show);
  show();
  banner.querySelector("[data-outbox-send]").addEventListener("click", () => queue.flush("hand"));
}

export async function start(dialog) {
  const body = dialog.querySelector("#quick-body");
  const said = dialog.dataset;
  const { queue } = await import(document.querySelector("[data-offline-kit]").dataset.queue);
  showOutbox(queue);

  const show = async (address) => {
    await window.htmx.ajax("GET", address, { target: body });
    const form = body.querySelector("[data-contact-form]");
    if (form) await prepare(form);
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
    if (form) { carried = draftOf(form).filter(([name]) => name !== "person" && name !== "topics"); store.drop(DRAFT + form.dataset.customer); }
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

  async function prepare(form) {
    const key = DRAFT + form.dataset.customer;
    const note = form.querySelector("[data-draft]");
    const renew = () => { form.elements.client_key.value = newKey(); };
    /* a page from the phone is opened more than once: each time it is another contact */
    renew();
    /* "tomorrow" on a page of yesterday's is today */
    for (const days of form.querySelectorAll("[data-days]")) days.hidden = days.dataset.on !== dayOf(days.dataset.zone);
    let [back, waits] = "contactPage" in form.dataset ? await heldFor(queue, form) : [];
    const draft = store.get(key)?.filter(([name]) => name !== "client_key");
    const kept = carried && saysSomething(carried) ? carried : back?.fields ?? draft;
    if (back) giveBack(form, back);
    if (waits) hold(form);
    if (kept && saysSomething(kept)) {
      fill(form, kept);
      if (!carried) note.hidden = false;
      form.dispatchEvent(new CustomEvent("contact:filled"));
    }
    /* what came back from the queue is kept there */
    const keep = () => { if (back) return; const fields = draftOf(form); if (saysSomething(fields)) store.set(key, fields); else store.drop(key); };
    if (carried) keep();
    carried = null;
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.querySelector("[data-draft-drop]")?.addEventListener("click", () => {
      store.drop(key);
      form.reset();
      note.hidden = true;
      back = null;
      renew();
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
      const page = "contactPage" in form.dataset;
      /* of the customer whose page is open the new one is shown at once */
      const stays = !page && customerHere() !== form.dataset.customer && about !== form.dataset.customer;
      /* sent by another window meanwhile: this is another one */
      if (back && (await queue.find(back.key))?.sent) { back = null; renew(); }
      /* put right, it was still written when it was written */
      const item = itemOf(form, back?.written ?? Date.now());
      const kept = await queue.add(item);
      if (kept && !back) store.drop(key);
      const answer = await queue.send(kept ? item : { ...item, loose: true }, stays);
      delete form.dataset.busy;
      if (!answer.sent && ["refused", "conflict"].includes(answer.state)) {
        /* it is in the form; what came back from the queue stays there until it is sent */
        if (!back) await queue.drop(item.key);
        keep();
        showFlaws(form, answer.errors ?? {}, answer.why);
        return;
      }
      /* it stays in the form, and its draft on the device; sent again with the same key it is there once */
      if (!kept && !answer.sent) { showFlaws(form, {}, answer.state === "failed" ? answer.why : said.noRoom); return; }
      if (!kept && answer.photos.length) { showFlaws(form, {}, answer.state === "refused" ? answer.why : said.photosLeft); return; }
      if (!back) store.drop(key);
      form.removeEventListener("input", keep);
      form.removeEventListener("change", keep);
      dialog.close();
      if (answer.sent) {
        if (answer.state === "refused") toast(answer.why, "bad", said.waiting);
        if (page) location.assign(item.kind === "report" ? answer.sent.url : `/contacts/customers/${item.draft}/`);
        else if (stays) toast(answer.sent.text, "ok", answer.sent.url);
        else location.reload();
        return;
      }
      if (answer.state === "failed") { toast(answer.why, "bad", said.waiting); if (page) clear(); return; }
      const way = answer.signedOut ? `${document.body.dataset.login}?next=${encodeURIComponent(location.pathname)}` : said.waiting;
      toast(answer.signedOut ? said.signedOutText : said.kept, "warn", way);
      if (page) clear();
    });
    /* of a page that stays: another one is another one */
    function clear() {
      form.reset();
      back = null;
      renew();
      if (form.elements.photos) { hold(form); return; }
      form.addEventListener("input", keep);
      form.addEventListener("change", keep);
    }
  }

  function showFlaws(form, errors, why) {
    const place = form.querySelector("[data-flaws]");
    const lines = Object.entries(errors).map(([name, flaws]) => {
      const field = form.elements[name];
      const label = field?.labels?.[0]?.textContent.trim() ?? field?.[0]?.closest("fieldset")?.querySelector("legend")?.textContent.trim();
      if (field?.closest) { const more = field.closest("details"); if (more) more.open = true; }
      return label ? `${label}: ${flaws.join(" ")}` : flaws.join(" ");
    });
    place.textContent = lines.join(" ") || why || window.qiao.texts.missing;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }

  /* the same form as a page of its own */
  const page = document.querySelector("[data-contact-page]");
  if (page) await prepare(page);

  queue.flush();
  dialog.dataset.ready = "";
}
