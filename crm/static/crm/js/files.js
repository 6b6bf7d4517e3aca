/* The viewer: a photo of the page, large, over it; arrow keys walk on, Escape closes. Without it each photo is a link. */
(() => {
  "use strict";
  const viewer = document.querySelector("[data-viewer]");
  if (!(viewer instanceof HTMLDialogElement)) return;
  const part = (name) => viewer.querySelector(`[data-viewer-${name}]`);
  const photos = () => [...document.querySelectorAll("[data-photos] [data-photo]")];
  let at = -1;

  const show = (index) => {
    const all = photos();
    if (!all.length) return;
    at = (index + all.length) % all.length;
    const link = all[at];
    part("title").textContent = link.dataset.title;
    part("sub").textContent = `${at + 1} / ${all.length} · ${link.dataset.sub}`;
    part("image").src = link.dataset.photo;
    part("image").alt = link.dataset.title;
    part("link").href = link.href;
    for (const button of viewer.querySelectorAll("[data-viewer-step]")) button.hidden = all.length < 2;
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest("[data-photo]");
    if (link && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      show(photos().indexOf(link));
      viewer.showModal();
      return;
    }
    const step = target?.closest("[data-viewer-step]");
    if (step) show(at + Number(step.dataset.viewerStep));
  });
  viewer.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(at + step);
  });
  viewer.addEventListener("close", () => {
    part("image").removeAttribute("src");
    photos()[at]?.focus();
  });
})();
