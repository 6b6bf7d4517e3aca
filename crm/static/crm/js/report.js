/* Reporting a visit: checking in, which takes one position when tapped and never again. Drafts, photos and sending are
   those of contact.js and offline/queue.js. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-own-end]");
  const place = form?.querySelector("[data-checkin]");
  if (!place) return;
  const said = form.querySelector("[data-checkin-said]");
  const drop = form.querySelector("[data-checkin-drop]");
  const words = said.textContent;
  const field = (name) => form.elements[name];
  const NAMES = ["latitude", "longitude", "accuracy_m", "age_s", "checked_in_at"];

  /* metres on a sphere */
  function between(lat, lon, toLat, toLon) {
    const rad = (degrees) => (degrees * Math.PI) / 180;
    const chord = Math.sin(rad(toLat - lat) / 2) ** 2 + Math.cos(rad(lat)) * Math.cos(rad(toLat)) * Math.sin(rad(toLon - lon) / 2) ** 2;
    return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(chord)));
  }

  function show() {
    const there = field("latitude").value !== "";
    drop.hidden = !there;
    if (!there) { said.textContent = words; return; }
    const off = Number(field("accuracy_m").value);
    const { lat, lon, radius } = place.dataset;
    let text = place.dataset.plain;
    let metres = "";
    if (lat) {
      metres = Math.round(between(Number(field("latitude").value), Number(field("longitude").value), Number(lat), Number(lon)));
      text = metres - off > Number(radius) ? place.dataset.away : place.dataset.here;
    }
    said.textContent = text.replace("{m}", metres).replace("{a}", off);
  }

  /* the draft keeps what was taken */
  const changed = () => { show(); form.dispatchEvent(new Event("input", { bubbles: true })); };

  if (navigator.geolocation) place.hidden = false;
  form.querySelector("[data-checkin-go]").addEventListener("click", (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => {
        button.disabled = false;
        field("latitude").value = coords.latitude.toFixed(7);
        field("longitude").value = coords.longitude.toFixed(7);
        field("datum").value = "wgs84";
        field("accuracy_m").value = Math.round(coords.accuracy);
        field("age_s").value = Math.max(0, Math.round((Date.now() - timestamp) / 1000));
        field("checked_in_at").value = new Date().toISOString();
        changed();
      },
      () => { button.disabled = false; said.textContent = place.dataset.failed; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
  drop.addEventListener("click", () => { for (const name of NAMES) field(name).value = ""; changed(); });
  form.addEventListener("contact:filled", show);
})();
