/* Charts: the label of the bar or day under the pointer. Everything it says is in the chart's table as well. */
(() => {
  "use strict";
  let tip = null;
  const hide = () => { tip?.remove(); tip = null; };
  const show = (mark) => {
    const chart = mark.closest("[data-chart]");
    if (!chart) return hide();
    if (!tip || tip.parentElement !== chart) {
      hide();
      tip = document.createElement("div");
      tip.className = "chart-tip";
      tip.setAttribute("aria-hidden", "true");
      chart.append(tip);
    }
    tip.replaceChildren(
      ...mark.dataset.tip.split("\n").map((line, index) => {
        const row = document.createElement("div");
        row.textContent = line;
        if (!index) row.className = "b";
        return row;
      }),
    );
    const frame = chart.getBoundingClientRect();
    const box = mark.getBoundingClientRect();
    const middle = box.left + box.width / 2 - frame.left;
    const left = Math.max(0, Math.min(frame.width - tip.offsetWidth, middle - tip.offsetWidth / 2));
    /* set through the CSSOM: the policy forbids style attributes in markup, not this */
    tip.style.setProperty("inset-inline-start", `${left}px`);
    tip.style.setProperty("inset-block-start", `${Math.max(-8, box.top - frame.top - tip.offsetHeight - 6)}px`);
  };
  const over = (event) => {
    const mark = event.target instanceof Element && event.target.closest("[data-tip]");
    if (mark) show(mark);
    else if (tip) hide();
  };
  document.addEventListener("pointerover", over);
  document.addEventListener("pointerdown", over);
  document.addEventListener("focusin", over);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
