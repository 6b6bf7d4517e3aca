/* Brings the pages of the day onto the phone, into a cache named by person and version. What is there, unchanged and
   not old is left; what no longer belongs to the day goes.

   bring(address of the list, user, force, signal): true where all of it is there. Tells "qiao:day" {done, total} on the
   document. Once the signal is aborted nothing more is written: whoever signs out wipes what is there. */
const FRESH = 3 * 3600 * 1000;
const AT_ONCE = 3;
export const PREFIX = "qiao-day-";

export async function cacheOf(user) {
  const names = (await caches.keys()).filter((name) => name.startsWith(`${PREFIX}${user}-`));
  return names.length ? caches.open(names.at(-1)) : null;
}

async function put(cache, { url, stamp }, signal) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Keep": "1" }, signal });
  /* the server is busy or broken: that says nothing of the page, and what is there is better than nothing */
  if (answer.status >= 500 || answer.status === 429) return false;
  /* sent elsewhere: it is no longer what it was, or nobody is signed in */
  if (!answer.ok || answer.redirected) { await cache.delete(url); return true; }
  const headers = { "X-Kept-At": new Date().toISOString(), "X-Stamp": stamp };
  for (const name of ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"]) {
    if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
  }
  const text = await answer.text();
  signal?.throwIfAborted();
  await cache.put(url, new Response(text, { headers }));
  return true;
}

export async function bring(address, user, force = false, signal = undefined) {
  const answer = await fetch(address, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" }, signal });
  if (!answer.ok) return false;
  const list = await answer.json();
  if (String(list.user) !== user) return false;
  signal?.throwIfAborted();
  const name = `${PREFIX}${user}-${list.version}`;
  const cache = await caches.open(name);
  const wanted = new Set(list.pages.map((one) => one.url));
  for (const { url } of await cache.keys()) {
    const { pathname, search } = new URL(url);
    if (!wanted.has(pathname + search)) await cache.delete(url);
  }
  const waiting = [];
  for (const one of list.pages) {
    const kept = await cache.match(one.url, { ignoreVary: true });
    const old = kept && Date.now() - Date.parse(kept.headers.get("X-Kept-At")) > FRESH;
    if (force || !kept || old || kept.headers.get("X-Stamp") !== one.stamp) waiting.push(one);
  }
  let done = list.pages.length - waiting.length;
  let whole = true;
  const told = () => document.dispatchEvent(new CustomEvent("qiao:day", { detail: { done, total: list.pages.length } }));
  const hand = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      try { whole = (await put(cache, one, signal)) && whole; } catch { whole = false; waiting.length = 0; }
      done += 1;
      told();
    }
  };
  told();
  await Promise.all(Array.from({ length: AT_ONCE }, hand));
  /* pages of an older version name files of that version: both go together, once the new ones are there */
  const shell = `qiao-shell-${list.version}`;
  if (whole && (await caches.has(shell))) {
    for (const other of await caches.keys()) if (/^qiao-(day|shell)-/.test(other) && other !== name && other !== shell) await caches.delete(other);
  }
  return whole;
}
