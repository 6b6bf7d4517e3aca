/* What could not be sent waits here and is sent again: when the connection is back, when a page opens, each minute.

   createOutbox({key, store, send, told}): send(item) answers {state}: made, refused, signed-out or kept. */
const EACH = 60000;

export function createOutbox({ key, store, send, told }) {
  const banner = document.querySelector("[data-outbox]");
  const load = () => store.get(key) ?? [];
  let busy = null;

  const outbox = {
    onRefused: () => {},
    size: () => load().length,
    show() {
      if (!banner) return;
      banner.hidden = !load().length;
      banner.querySelector("[data-outbox-count]").textContent = load().length;
    },
    add(item) {
      const kept = store.set(key, [...load(), item]);
      outbox.show();
      return kept;
    },
    flush() {
      busy ??= work().finally(() => { busy = null; outbox.show(); });
      return busy;
    },
  };

  /* one after the other; what was sent is taken out by itself, since another window may have added to the list */
  const take = (item) => store.set(key, load().filter((one) => JSON.stringify(one) !== JSON.stringify(item)));
  async function work() {
    let sent = 0;
    for (const item of load()) {
      const { state } = await send(item);
      if (state === "made") { take(item); sent += 1; }
      else if (state === "refused") { take(item); outbox.onRefused(item); }
      else { if (state === "signed-out") told("signed-out"); break; }
    }
    if (sent) told("sent");
  }

  window.addEventListener("online", () => outbox.flush());
  window.addEventListener("storage", (event) => event.key === key && outbox.show());
  banner?.querySelector("[data-outbox-send]").addEventListener("click", () => outbox.flush());
  setInterval(() => { if (outbox.size() && navigator.onLine) outbox.flush(); }, EACH);
  return outbox;
}
