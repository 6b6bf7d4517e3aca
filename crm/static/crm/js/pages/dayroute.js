/* The stops of a day, put into another order by dragging; the buttons beside each do the same without. */
export async function start(list) {
  const form = document.getElementById("order-form");
  if (!form) return;
  let held = null;
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("li[data-visit]");
    if (!held) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.visit);
    held.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li[data-visit]");
    if (!held || !over) return;
    event.preventDefault();
    if (over === held) return;
    const box = over.getBoundingClientRect();
    over[event.clientY > box.top + box.height / 2 ? "after" : "before"](held);
  });
  list.addEventListener("dragend", () => {
    if (!held) return;
    held.classList.remove("dragged");
    held = null;
    const order = [...list.querySelectorAll("li[data-visit]")].map((one) => one.dataset.visit).join(",");
    if (order === list.dataset.order) return;
    form.elements.order.value = order;
    form.requestSubmit();
  });
}
