/* A board of cards: dropping one on a lane presses the card's own button of that lane, so that both do the same. */
export function start(root) {
  let held = null;
  const way = (lane) => held && lane && held.closest("[data-lane]") !== lane ? held.querySelector(`[data-to="${lane.dataset.lane}"]`) : null;
  const clear = () => { for (const one of root.querySelectorAll(".over")) one.classList.remove("over"); };

  root.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-card]");
    if (!held) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.querySelector(".name").textContent.trim());
    for (const lane of root.querySelectorAll("[data-lane]")) lane.classList.toggle("fits", Boolean(way(lane)));
  });
  root.addEventListener("dragover", (event) => {
    const lane = event.target.closest("[data-lane]");
    clear();
    if (!way(lane)) return;
    lane.classList.add("over");
    event.preventDefault();
  });
  root.addEventListener("drop", (event) => {
    const press = way(event.target.closest("[data-lane]"));
    if (!press) return;
    event.preventDefault();
    press.click();
  });
  root.addEventListener("dragend", () => {
    held = null;
    clear();
    for (const lane of root.querySelectorAll(".fits")) lane.classList.remove("fits");
  });
}
