/* What was written and is not sent yet: kept first, then sent one after the other: at once, when the connection is
   back, when a page opens, each minute, or by a tap. No background sync: iOS has none.

   An item: {key, kind: report|contact, action, draft, name, fields: [[name, value]], photos: [File], texts: [[label,
   value]], labels: {name: label}, written: ms, state: waiting|sending|sent|failed|refused|conflict, why, ways: [{label,
   url}], tried: ms, sent, fresh: true before the first try is over, loose: true where the device has no room for it}.
   Failed: the server broke over this one; it is tried again, and what comes after it need not wait for it.
   The key is made here and goes along as client_key: an answer that is lost on its way makes no second one. `sent` is
   what the server answered to the words; photos follow one at a time, each once. */
const said = document.querySelector("[data-offline-kit]").dataset;
const user = document.body.dataset.user;
const { createStore } = await import(said.store);
const store = createStore(user);
const EACH = 60000;
const PATIENCE = 20000;
const PATIENCE_PHOTO = 120000;
const A_DAY = 24 * 3600 * 1000;
const NOT_SO_SOON = 10 * 60000;
const OVER = new Set(["sent", "refused", "conflict"]);
/* of the way to the server, or sent elsewhere to sign in: the next one would fare no better */
const AWAY = new Set([0, 429, 502, 503, 504]);
const failed = (status) => ({ state: "failed", why: `${said.failed} (${status})` });
const told = new Set();
const channel = "BroadcastChannel" in window ? new BroadcastChannel(`qiao-waiting-${user}`) : null;

const tell = (from = "here") => {
  for (const listen of told) listen();
  if (from === "here") channel?.postMessage("changed");
};
channel?.addEventListener("message", () => tell("there"));

/* one window at a time; the server would make one of two, but nobody should wait for both */
const alone = (work) => (navigator.locks ? navigator.locks.request(`qiao-waiting-${user}`, work) : work());
const keep = async (item) => { if (item.loose) return; try { await store.put(item); } catch { /* it was kept before; what changed is its state */ } tell(); };

/* who is signed in, and a token that fits; null: nobody or somebody else, undefined: no connection */
async function pass() {
  const answer = await fetch(said.token, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) return answer.type === "opaqueredirect" || answer.status === 403 ? null : undefined;
  const found = await answer.json();
  return String(found.user) === user ? found : null;
}

/* stays: the page does not change after it, so that no message is to wait for the next one */
const post = (address, body, allowed, patience, stays = true) =>
  fetch(address, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": allowed.token, ...(stays ? { "X-Stay": "1" } : {}) },
    credentials: "same-origin",
    redirect: "manual",
    signal: AbortSignal.timeout(patience),
  });

const sentence = (item, errors) =>
  Object.entries(errors ?? {}).map(([name, flaws]) => (item.labels?.[name] ? `${item.labels[name]}: ${flaws.join(" ")}` : flaws.join(" "))).join(" ");

async function words(item, allowed, stays) {
  /* by the server's clock: the phone's may be wrong, how long ago it was is not */
  const written = new Date(Date.parse(allowed.now) - (Date.now() - item.written)).toISOString();
  const fields = [...item.fields.filter(([name]) => name !== "written_at"), ["written_at", written]];
  const answer = await post(item.action, new URLSearchParams(fields), allowed, PATIENCE, stays);
  if (answer.status === 201) { item.sent = await answer.json(); return; }
  if (answer.status === 422 || answer.status === 409) {
    const { errors, ways } = await answer.json();
    Object.assign(item, { state: answer.status === 409 ? "conflict" : "refused", errors, ways, why: sentence(item, errors) });
  } else if (answer.status === 404 || answer.status === 410) Object.assign(item, { state: "conflict", why: said.gone });
  else if (answer.status === 403) Object.assign(item, { state: "refused", why: said.forbidden });
  else if (answer.status === 400 || answer.status === 413) Object.assign(item, { state: "refused", why: said.failed });
  else Object.assign(item, AWAY.has(answer.status) ? { state: "waiting", why: said.away } : failed(answer.status));
}

async function pictures(item, allowed) {
  const bad = [];
  let broke = null;
  while (item.photos.length) {
    const [photo] = item.photos;
    const data = new FormData();
    data.append("photos", photo, photo.name);
    const answer = await post(item.sent.photos, data, allowed, PATIENCE_PHOTO);
    if (answer.status === 201) item.photos.shift();
    else if ([400, 403, 404, 413, 422].includes(answer.status)) {
      const { errors } = answer.status === 422 ? await answer.json() : { errors: [`${photo.name}: ${said.failed}`] };
      bad.push([item.photos.shift(), errors.join(" ")]);
    } else {
      if (!AWAY.has(answer.status)) broke = failed(answer.status);
      break;
    }
    await keep({ ...item, photos: [...item.photos, ...bad.map(([file]) => file)] });
  }
  const rest = item.photos.length;
  item.photos.push(...bad.map(([file]) => file));
  if (rest) Object.assign(item, broke ?? { state: "waiting", why: said.away });
  else if (bad.length) Object.assign(item, { state: "refused", why: bad.map(([, why]) => why).join(" ") });
}

async function deliver(given, stays) {
  /* where nothing could be kept there is nothing to look up, and nobody else has it */
  const item = given.loose ? given : (await store.get(given.key).catch(() => given)) ?? { ...given, state: "dropped" };
  if (["sent", "dropped"].includes(item.state)) return item;
  const tried = Date.now();
  await keep(Object.assign(item, { state: "sending", why: "", errors: null, ways: null, tried }));
  try {
    const allowed = await pass();
    if (!allowed) Object.assign(item, { state: "waiting", why: allowed === null ? said.signedOut : said.away, signedOut: allowed === null });
    else {
      item.signedOut = false;
      if (!item.sent) await words(item, allowed, stays);
      if (item.sent && item.photos.length) await pictures(item, allowed);
      if (item.sent && item.state === "sending") Object.assign(item, { state: "sent", fields: [], texts: [], photos: [] });
    }
  } catch (error) {
    /* an answer that is no JSON is this one's own trouble, not the connection's */
    Object.assign(item, error instanceof SyntaxError ? failed(error.name) : { state: "waiting", why: said.away });
  }
  await keep(Object.assign(item, { fresh: false }));
  return item;
}

/* what was sent has changed the day */
const changed = () => document.dispatchEvent(new CustomEvent("qiao:sent"));

let busy = null;
let again = "";
async function work(by) {
  let sent = 0;
  let stop = "";
  for (const item of await queue.all()) {
    if (item.state === "sent" && Date.now() - item.tried > A_DAY) { await store.drop(item.key); continue; }
    if (item.state === "sent" || (OVER.has(item.state) && by !== "hand")) continue;
    if (item.state === "failed" && by === "clock" && Date.now() - item.tried < NOT_SO_SOON) continue;
    const { state, signedOut } = await deliver(item);
    if (state === "sent") sent += 1;
    else if (OVER.has(state) || (state === "failed" && item.state !== "failed")) window.qiao.toast(said.refused, "bad", said.page);
    else if (state === "waiting") { stop = signedOut ? "signed-out" : "away"; break; }
  }
  if (sent) { window.qiao.toast(said.sent); changed(); }
  if (stop === "signed-out") window.qiao.toast(said.signedOut, "warn");
  return { sent, stop };
}

/* Contacts that waited in localStorage, where they were kept before: each person's into a database of their own. What
   finds no room stays where it is. */
const BEFORE = "qiao:contacts:outbox:";
const PLAIN = new Set(["text", "next_step", "ours", "theirs"]);
const ofBefore = ({ action, customer, fields }) => {
  const one = new Map(fields);
  const { pathname, search } = new URL(action, location.href);
  const texts = fields.filter(([name]) => PLAIN.has(name)).map(([, value]) => ["", value]);
  return {
    ...{ key: one.get("client_key"), kind: "contact", action: pathname + search, draft: String(customer), name: "" },
    ...{ fields, texts, photos: [], labels: {}, written: Date.parse(one.get("written_at")) || Date.now() },
    ...{ state: "waiting", why: "", tried: 0, sent: null, fresh: false },
  };
};
const before = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(BEFORE)); } catch { return []; } };
async function carryOver() {
  for (const key of before()) {
    const whose = key.slice(BEFORE.length);
    try {
      const theirs = whose === user ? store : createStore(whose);
      for (const item of (JSON.parse(localStorage.getItem(key)) ?? []).map(ofBefore)) await theirs.put(item);
      localStorage.removeItem(key);
    } catch { /* no room, or not to be read: the next page tries again */ }
  }
}
const carried = before().length ? alone(carryOver) : null;

export const queue = {
  async all() { await carried; return store.all().catch(() => []); },
  waiting: async () => (await queue.all()).filter((item) => item.state !== "sent"),
  listen(heard) { told.add(heard); },
  /* whether it is kept on this device; it is about to be sent, or else sent with the next flush */
  async add(item) {
    navigator.storage?.persist?.().catch(() => {});
    try { await store.put({ state: "sending", why: "", tried: 0, sent: null, fresh: true, ...item }); } catch { return false; }
    tell();
    return true;
  },
  find: (key) => store.get(key).catch(() => null),
  /* one of them, now; by itself, as `loose`, where nothing could be kept */
  async send(item, stays = true) {
    const answer = await alone(() => deliver({ state: "waiting", why: "", sent: null, ...item }, stays));
    if (answer.state === "sent") changed();
    return answer;
  },
  flush(by = "clock") {
    /* the connection came back, or somebody tapped, while the one before was about to fail */
    if (busy && by !== "clock") again = by;
    busy ??= alone(() => work(by)).finally(() => {
      const next = again;
      again = "";
      busy = null;
      tell();
      if (next) queue.flush(next);
    });
    return busy;
  },
  async drop(key) { await store.drop(key).catch(() => {}); tell(); },
  /* told to nobody: whoever looked would make it again */
  wipe: () => store.wipe().catch(() => {}),
};

window.addEventListener("online", () => queue.flush("online"));
setInterval(async () => { if (navigator.onLine && (await queue.waiting()).length) queue.flush(); }, EACH);
