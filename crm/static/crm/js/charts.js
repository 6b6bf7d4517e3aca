/* Charts: the label of the bar or day under the pointer. Everything it says is in the chart's table as well. */
(() => {
  "use strict";
  let tip = null;
  const hide = () => { tip?.remove(); tip = null; };
  const hideMarkers = () => document.querySelectorAll("[data-marker]:not([hidden])").forEach((m) => m.setAttribute("hidden", ""));
  const show = (chart, text, box) => {
    if (!tip || tip.parentElement !== chart) {
      hide();
      tip = document.createElement("div");
      tip.className = "chart-tip";
      tip.setAttribute("aria-hidden", "true");
      chart.append(tip);
    }
    tip.replaceChildren(
      ...text.split("\n").map((line, index) => {
        const row = document.createElement("div");
        row.textContent = line;
        if (!index) row.className = "b";
        return row;
      }),
    );
    const frame = chart.getBoundingClientRect();
    const middle = box.left + box.width / 2 - frame.left;
    const left = Math.max(0, Math.min(frame.width - tip.offsetWidth, middle - tip.offsetWidth / 2));
    /* set through the CSSOM: the policy forbids style attributes in markup, not this */
    tip.style.setProperty("inset-inline-start", `${left}px`);
    tip.style.setProperty("inset-block-start", `${Math.max(-8, box.top - frame.top - tip.offsetHeight - 6)}px`);
  };
  const over = (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const mark = target?.closest("[data-tip]");
    const chart = mark?.closest("[data-chart]");
    if (chart) show(chart, mark.dataset.tip, mark.getBoundingClientRect());
    else if (!target?.closest("[data-series]")) { hide(); hideMarkers(); }
  };
  /* lines: the nearest point, found by position, so that 400 days need no 400 elements */
  const series = new WeakMap();
  const along = (event) => {
    const svg = event.target instanceof Element && event.target.closest("[data-series]");
    if (!svg) return;
    if (!series.has(svg)) series.set(svg, JSON.parse(svg.dataset.series));
    const { y, tips } = series.get(svg);
    const frame = svg.getBoundingClientRect();
    const last = Math.max(1, tips.length - 1);
    const index = Math.max(0, Math.min(tips.length - 1, Math.round(((event.clientX - frame.left) / frame.width) * last)));
    const marker = svg.querySelector("[data-marker]");
    const x = (index / last) * frame.width;
    const at = y[index] ?? 100;
    if (y[index] === null) marker.setAttribute("hidden", "");
    else {
      marker.removeAttribute("hidden");
      marker.setAttribute("cx", x);
      marker.setAttribute("cy", at);
    }
    show(svg.closest("[data-chart]"), tips[index], { left: frame.left + x, width: 0, top: frame.top + at });
  };
  document.addEventListener("pointermove", along);
  document.addEventListener("pointerover", over);
  document.addEventListener("pointerdown", (event) => { over(event); along(event); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { hide(); hideMarkers(); } });
})();
