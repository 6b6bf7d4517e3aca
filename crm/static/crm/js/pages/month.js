/* A month of visits: one is picked up by dragging or by its button, each day says what it costs, and there it is put. */
export async function start(root) {
  const form = document.getElementById("month-move");
  const said = root.querySelector("[data-said]");
  const days = [...root.querySelectorAll("[data-drop]")];
  let held = null;
  let at = -1;
  let asked = 0;

  const say = (template, button) => { said.textContent = template.replace("{name}", button.querySelector(".clip").textContent); };
  const clear = () => {
    for (const day of days) {
      day.classList.remove("over", "tight");
      day.removeAttribute("tabindex");
      day.querySelector("[data-cost]").textContent = "";
    }
  };
  const pick = async (button) => {
    const turn = ++asked;
    clear();
    held?.setAttribute("aria-pressed", "false");
    held = button;
    held.setAttribute("aria-pressed", "true");
    at = -1;
    const address = new URL(button.dataset.costs, location.href);
    address.searchParams.set("month", root.dataset.month);
    address.searchParams.set("person", root.dataset.person);
    let found;
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      found = await answer.json();
    } catch {
      window.qiao?.toast(window.qiao.texts.unreachable, "bad");
      return;
    }
    if (turn !== asked || held !== button) return;
    for (const day of days) {
      const cost = found.days[day.dataset.drop];
      day.querySelector("[data-cost]").textContent = day.dataset.drop === button.dataset.day ? "" : cost ? cost.text : root.dataset.noFit;
      day.classList.toggle("tight", !cost || cost.breaks.length > 0);
    }
  };
  const leave = () => {
    if (!held) return;
    asked++;
    clear();
    held.setAttribute("aria-pressed", "false");
    say(root.dataset.kept, held);
    held.focus();
    held = null;
  };
  const put = (day) => {
    if (!held || day.dataset.drop === held.dataset.day) { leave(); return; }
    form.action = held.dataset.to;
    form.elements.day.value = day.dataset.drop;
    form.elements.version.value = held.dataset.version ?? "";
    form.requestSubmit();
  };
  const go = (step) => {
    if (at < 0) {
      const from = days.findIndex((day) => day.dataset.drop === held.dataset.day);
      at = from < 0 ? 0 : Math.min(days.length - 1, Math.max(0, from + step));
    } else at = Math.min(days.length - 1, Math.max(0, at + step));
    for (const day of days) day.classList.remove("over");
    const day = days[at];
    day.classList.add("over");
    day.setAttribute("tabindex", "-1");
    day.focus();
    said.textContent = `${day.querySelector(".no .vh").textContent}: ${day.querySelector("[data-cost]").textContent}`;
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (button) {
      if (held === button) leave();
      else { pick(button); say(root.dataset.picked, button); }
      return;
    }
    const day = event.target.closest("[data-drop]");
    if (held && day && !event.target.closest("a")) put(day);
  });
  root.addEventListener("keydown", (event) => {
    if (!held) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (step) { event.preventDefault(); go(step); }
    else if (event.key === "Escape") { event.preventDefault(); leave(); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); put(days[at]); }
  });
  root.addEventListener("dragstart", (event) => {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", button.querySelector(".clip").textContent);
    pick(button);
  });
  root.addEventListener("dragover", (event) => {
    const day = event.target.closest("[data-drop]");
    for (const one of days) one.classList.toggle("over", one === day);
    if (held && day) event.preventDefault();
  });
  root.addEventListener("drop", (event) => {
    const day = event.target.closest("[data-drop]");
    if (!held || !day) return;
    event.preventDefault();
    put(day);
  });
  root.addEventListener("dragend", () => { if (held && !form.elements.day.value) leave(); });
}
