/* Being an app: the worker, the line that says how old a page is, the day that is brought along, and signing out, which
   leaves nothing of the person on this device. */
(() => {
  "use strict";
  const kit = document.querySelector("[data-offline-kit]");
  if (!kit) return;
  const said = kit.dataset;
  const user = document.body.dataset.user;
  const MARK = "qiao.day";
  const AGAIN = 10 * 60000;
  const recall = () => { try { return JSON.parse(localStorage.getItem(MARK)) ?? {}; } catch { return {}; } };
  const remember = (value) => { try { localStorage.setItem(MARK, JSON.stringify(value)); } catch { /* private mode */ } };

  /* a page from the phone says so */
  const kept = document.documentElement.dataset.kept;
  const line = document.querySelector("[data-kept-line]");
  if (kept && line) {
    const at = new Date(kept);
    const form = at.toDateString() === new Date().toDateString() ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : { dateStyle: "medium", timeStyle: "short" };
    line.querySelector("[data-kept-at]").textContent = at.toLocaleString(document.documentElement.lang, form);
    line.hidden = false;
  }

  /* what is neither kept nor queued is not pretended to be sent */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine || form.method !== "post" || form.matches("[data-contact-form], [data-theme-form]")) return;
    event.preventDefault();
    event.stopPropagation();
    window.qiao.toast(said.needs, "warn");
  }, true);

  /* where the queue's own file cannot be had, what waits is still found, and still goes when its author signs out */
  const NAME = `qiao-waiting-${user}`;
  const asked = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
    request.onblocked = () => done(null);
  });
  const bare = {
    flush: async () => {},
    async waiting() {
      let base = null;
      try {
        const request = indexedDB.open(NAME);
        /* there is none: none is made by looking */
        request.onupgradeneeded = () => request.transaction.abort();
        base = await asked(request);
        return (await asked(base.transaction("items").objectStore("items").getAll())).filter((item) => item.state !== "sent");
      } catch { return []; } finally { base?.close(); }
    },
    wipe: async () => { try { await asked(indexedDB.deleteDatabase(NAME)); } catch { /* nothing is kept here */ } },
  };
  const queue = async () => { try { return (await import(said.queue)).queue; } catch { return bare; } };

  /* what was written in any form may have changed the day */
  document.addEventListener("submit", (event) => { if (event.target.method === "post") remember({}); });

  const theirs = (name) => name.startsWith("qiao-day-") && !name.startsWith(`qiao-day-${user}-`);
  const days = async (which) => { if ("caches" in window) for (const name of await caches.keys()) if (which(name)) await caches.delete(name); };

  const leaving = new AbortController();
  let bringing = null;
  async function bring() {
    const { at, by } = recall();
    if (leaving.signal.aborted || (by === user && Date.now() - at < AGAIN)) return;
    const { bring: brought } = await import(said.day);
    bringing = brought(said.list, user, false, leaving.signal);
    if (await bringing) remember({ at: Date.now(), by: user });
  }

  async function install() {
    if (!said.worker || !("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register(said.worker, { scope: "/" });
    await navigator.serviceWorker.ready;
    if (navigator.onLine) await bring();
  }
  window.addEventListener("load", () => {
    days(theirs).catch(() => {});
    install().catch(() => { /* not over HTTPS, or the connection went: the next page tries again */ });
  });
  window.addEventListener("online", () => install().catch(() => {}));
  /* what was sent has changed the day */
  document.addEventListener("qiao:sent", () => { remember({}); install().catch(() => {}); });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-sign-out]") || form.dataset.cleared || event.defaultPrevented) return;
    event.preventDefault();
    const waits = await queue();
    await waits.flush();
    if ((await waits.waiting()).length && !window.confirm(said.leave)) return;
    await waits.wipe();
    /* what is just being brought is not to come back after it was wiped */
    leaving.abort();
    await bringing?.catch(() => {});
    await days((name) => name.startsWith("qiao-day-")).catch(() => {});
    try { for (const key of Object.keys(localStorage)) if (/^qiao[.:]/.test(key)) localStorage.removeItem(key); } catch { /* private mode */ }
    form.dataset.cleared = "1";
    /* not while the event that was held up is still on its way: a form takes no second one then */
    setTimeout(() => form.requestSubmit(), 0);
  }, true);
})();
