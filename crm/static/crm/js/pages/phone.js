/* What is on this phone: the visits with when each was kept, and what waits to be sent, each with its state. */
const kit = document.querySelector("[data-offline-kit]").dataset;
const user = document.body.dataset.user;
const TONES = { waiting: "warn", sending: "info", sent: "ok", failed: "bad", refused: "bad", conflict: "bad" };
const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export async function start(root) {
  const said = root.dataset;
  const words = document.querySelector("[data-state-words]").dataset;
  const { queue } = await import(kit.queue);
  const { bring, cacheOf } = await import(kit.day);
  const list = root.querySelector("[data-queue]");
  const again = root.querySelector("[data-retry-all]");

  if (new URLSearchParams(location.search).has("missing")) {
    const place = root.querySelector("[data-phone-missing]");
    place.textContent = said.missing;
    place.hidden = false;
  }

  /* --- what waits --- */
  const textOf = (item) => [...(item.name ? [item.name] : []), ...item.texts.map(([label, value]) => (label ? `${label}: ${value}` : value))].join("\n");
  function card(item) {
    const one = document.getElementById("queue-item").content.firstElementChild.cloneNode(true);
    const part = (name) => one.querySelector(`[data-${name}]`);
    one.dataset.key = item.key;
    part("name").textContent = [words[item.kind], item.name].filter(Boolean).join(": ");
    part("state").textContent = words[item.state];
    part("state").classList.add(TONES[item.state]);
    part("when").textContent = [said.written.replace("{time}", clock(item.written)), item.tried ? said.tried.replace("{time}", clock(item.tried)) : ""].filter(Boolean).join(" · ");
    part("why").textContent = item.why;
    part("why").hidden = !item.why;
    part("why").classList.toggle("neg", TONES[item.state] === "bad");
    const told = [...item.texts, ...(item.photos.length ? [[said.photos, item.photos.map((photo) => photo.name).join(" · ")]] : [])];
    part("said").hidden = !told.length;
    part("said").open = TONES[item.state] === "bad";
    for (const [label, value] of told) {
      const [name, text] = [document.createElement("dt"), document.createElement("dd")];
      name.textContent = label;
      text.textContent = value;
      text.className = "break";
      part("said").querySelector("dl").append(name, text);
    }
    if (item.state === "sent" || item.state === "sending") { part("ways").remove(); return one; }
    part("right").hidden = !["failed", "refused"].includes(item.state) || Boolean(item.sent);
    part("right").href = `${item.action}#back=${item.key}`;
    part("copy-said").hidden = part("throw").hidden = !item.tried;
    for (const way of item.ways ?? []) {
      const link = document.createElement("a");
      link.className = "btn";
      link.href = way.back ? `${way.url}#back=${item.key}` : way.url;
      link.textContent = way.label;
      part("ways").prepend(link);
    }
    part("retry").addEventListener("click", async () => {
      const { state } = await queue.send(item);
      if (state === "sent") window.qiao.toast(kit.sent);
    });
    part("copy-said").addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(textOf(item)); window.qiao.toast(said.copied); } catch { part("said").open = true; getSelection().selectAllChildren(part("said")); }
    });
    part("throw").addEventListener("click", () => { if (window.confirm(said.sure)) queue.drop(item.key); });
    return one;
  }
  /* of a visit whose report waits here */
  function showReports(items) {
    for (const line of root.querySelectorAll("[data-visit]")) {
      const held = items.find((item) => item.draft === `report-${line.dataset.visit}`);
      const place = line.querySelector("[data-report-state]");
      place.hidden = !held;
      if (held) { place.textContent = `${words.report}: ${words[held.state]}`; place.className = `badge ${TONES[held.state]}`; }
    }
  }
  let turn = 0;
  async function showQueue() {
    const mine = ++turn;
    const items = (await queue.all()).reverse();
    if (mine !== turn) return;
    list.replaceChildren(...items.map(card));
    showReports(items);
    root.querySelector("[data-queue-none]").hidden = items.some((item) => item.state !== "sent");
    again.hidden = !items.some((item) => item.state !== "sent");
  }
  again.addEventListener("click", () => queue.flush("hand"));
  queue.listen(showQueue);
  await showQueue();

  /* --- what is here --- */
  const state = root.querySelector("[data-phone-state]");
  const button = root.querySelector("[data-bring]");
  async function showPages() {
    const cache = await cacheOf(user);
    for (const line of root.querySelectorAll("[data-pages]")) {
      const kept = await Promise.all(line.dataset.pages.split(" ").map((address) => cache?.match(address, { ignoreVary: true })));
      const there = kept.filter(Boolean).map((one) => one.headers.get("X-Kept-At")).sort();
      const text = there.length === kept.length ? said.kept.replace("{time}", clock(there[0])) : there.length ? said.part : said.none;
      line.querySelector("[data-page-state]").textContent = text;
    }
  }
  if (!kit.worker) return;
  if (!("serviceWorker" in navigator) || !("caches" in window)) { state.textContent = said.cannot; return; }
  document.addEventListener("qiao:day", ({ detail: { done, total } }) => {
    state.textContent = said.loading.replace("{done}", done).replace("{total}", total);
    if (done === total) showPages();
  });
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try { if (!(await bring(kit.list, user, true))) window.qiao.toast(kit.away, "warn"); } catch { window.qiao.toast(kit.away, "warn"); }
    button.disabled = false;
    showPages();
  });
  await showPages();
  root.dataset.ready = "";
}
