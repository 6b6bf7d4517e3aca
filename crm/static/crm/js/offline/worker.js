/* Answers for pages where the network does not. KNOWN is written before this by the server: version, shell, files,
   offline, page, parts.

   The network comes first, always; what is kept is shown where it fails or takes too long, marked with when it was
   kept. What a day needs is put in by day.js; here nothing of a person is ever written. */
"use strict";
const SHELL = `qiao-shell-${KNOWN.version}`;
const DAY = /^qiao-day-(\d+)-/;
const PATIENCE = 6000;
const OLD = 4 * 24 * 3600 * 1000;
const NEVER = /^\/(?:accounts|admin|api|portal|ical|health|worker\.js|manifest\.webmanifest)/;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  const fresh = (address, more) => new Request(address, { cache: "no-cache", ...more });
  /* the page that stands in for any other is nobody's: it is asked for as nobody */
  const wanted = [...KNOWN.shell.map((address) => fresh(address)), fresh(KNOWN.offline, { credentials: "omit" })];
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});
/* older shells stay until day.js has brought the day into the new one: its pages name the older files */
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || NEVER.test(url.pathname)) return;
  if (url.pathname.startsWith(KNOWN.files)) event.respondWith(file(request, url));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (KNOWN.parts.includes(url.pathname)) event.respondWith(part(request, url));
});

async function file(request, url) {
  const kept = () => caches.match(url.href, { ignoreVary: true });
  if (HASHED.test(url.pathname)) return (await kept()) ?? fetch(request);
  try { return await fetch(request); } catch { return (await kept()) ?? Response.error(); }
}

const days = async () => (await caches.keys()).filter((name) => DAY.test(name));

async function find(url) {
  const options = { ignoreVary: true, ignoreSearch: url.pathname === KNOWN.page };
  for (const name of (await days()).reverse()) {
    const found = await (await caches.open(name)).match(url.href, options);
    if (!found) continue;
    if (Date.now() - Date.parse(found.headers.get("X-Kept-At")) < OLD) return found;
    await caches.delete(name);
  }
  return null;
}

/* somebody else has signed in on this phone: what was kept for another goes before their page is shown */
async function others(answer) {
  const who = answer.headers.get("X-Person");
  if (!who) return;
  for (const name of await days()) if (DAY.exec(name)[1] !== who) await caches.delete(name);
}

async function asked(request, kept) {
  const coming = fetch(request);
  const late = new Promise((_, fail) => { setTimeout(() => fail(new Error("late")), PATIENCE); });
  const answer = await (kept ? Promise.race([coming, late]) : coming);
  if (kept && [502, 503, 504].includes(answer.status)) throw new Error("away");
  await others(answer);
  return answer;
}

async function page(request, url) {
  const kept = await find(url);
  try {
    return await asked(request, kept);
  } catch {
    if (kept) return marked(kept);
    const list = new URL(KNOWN.page, self.location.origin);
    if (await find(list)) return Response.redirect(`${list}?missing=${encodeURIComponent(url.pathname)}`);
    return (await caches.match(KNOWN.offline, { ignoreVary: true })) ?? Response.error();
  }
}

async function marked(kept) {
  const text = (await kept.text()).replace("<html ", `<html data-kept="${kept.headers.get("X-Kept-At")}" `);
  return new Response(text, { headers: kept.headers });
}

async function part(request, url) {
  const kept = await find(url);
  try { return await asked(request, kept); } catch { return kept ?? Response.error(); }
}
