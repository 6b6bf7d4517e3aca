/* The customers' map: clusters and points from the server, places and a graticule under them, tiles where there are any.
   Loaded by shell.js for [data-module]; Leaflet comes by the address in data-leaflet. */
export async function start(root) {
  await import(root.dataset.leaflet);
  const L = window.L;
  const canvas = root.querySelector("[data-map-canvas]");
  const facts = JSON.parse(root.dataset.facts);
  const list = document.getElementById("map-listed");
  const said = root.querySelector("[data-map-said]");
  const badge = (letter) => root.querySelector(`template[data-badge="${letter || "none"}"]`).content.firstElementChild.cloneNode(true);
  const say = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const texts = root.dataset;

  const map = L.map(canvas, {
    minZoom: 2,
    maxZoom: 18,
    zoomControl: false,
    worldCopyJump: false,
    maxBounds: [[-85, -200], [85, 200]],
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.zoom({ zoomInTitle: texts.zoomIn, zoomOutTitle: texts.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (facts.attribution) map.attributionControl.addAttribution(plain(facts.attribution));
  else if (!facts.tiles) map.attributionControl.remove();
  const [south, west, north, east] = facts.box;
  /* So far from the edges that no mark comes to lie under the buttons, the count or the scale. */
  map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [52, 52], paddingBottomRight: [28, 40], maxZoom: 13, animate: false });
  if (facts.tiles) L.tileLayer(facts.tiles, { maxZoom: 18, detectRetina: false }).addTo(map);
  else new (ground(L))(facts.places).addTo(map);

  const marks = L.layerGroup().addTo(map);
  let asked = 0;
  const show = async () => {
    const turn = ++asked;
    const view = map.getBounds();
    const box = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((n) => n.toFixed(6)).join(",");
    const address = new URL(texts.points, location.href);
    for (const [name, value] of new URLSearchParams(texts.query)) address.searchParams.append(name, value);
    address.searchParams.set("box", box);
    address.searchParams.set("zoom", map.getZoom());
    root.setAttribute("aria-busy", "true");
    let found;
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      found = await answer.json();
    } catch {
      if (turn === asked) window.qiao?.toast(window.qiao.texts.unreachable, "bad");
      return;
    } finally {
      if (turn === asked) root.removeAttribute("aria-busy");
    }
    if (turn !== asked) return;
    const focused = marks.getLayers().find((mark) => mark.getElement() === document.activeElement)?.options.title;
    marks.clearLayers();
    for (const cell of found.cells) cluster(cell).addTo(marks);
    for (const one of found.points) point(one).addTo(marks);
    if (focused) marks.getLayers().find((mark) => mark.options.title === focused)?.getElement()?.focus({ preventScroll: true });
    fill(found);
  };

  const cluster = (cell) => {
    const size = cell.n < 10 ? 34 : cell.n < 100 ? 40 : cell.n < 1000 ? 46 : 54;
    const face = ring(cell);
    const [a, b, c, none] = cell.tiers;
    const title = say(texts.clusterTitle, { n: cell.n, a, b, c, none });
    const icon = L.divIcon({ className: "m-cluster", iconSize: [size, size], html: face });
    const mark = L.marker(cell.at, { icon, title, riseOnHover: true, zIndexOffset: 100 });
    const open = () => {
      const [s, w, n, e] = cell.box;
      const bounds = L.latLngBounds([s, w], [n, e]);
      const zoom = Math.min(18, Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds.pad(0.2))));
      if (map.getZoom() < 18) map.setView(bounds.getCenter(), zoom);
      else list?.scrollIntoView({ block: "nearest" });
    };
    return mark.on("click", open).on("keypress", (event) => event.originalEvent.key === "Enter" && open());
  };
  /* the number in a ring whose parts are the tiers */
  const ring = (cell) => {
    const draw = (name, values, text = "") => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
      element.textContent = text;
      return element;
    };
    const svg = draw("svg", { viewBox: "0 0 40 40", "aria-hidden": "true" });
    svg.append(draw("circle", { class: "face", cx: 20, cy: 20, r: 19 }));
    let from = 0;
    cell.tiers.forEach((n, index) => {
      if (!n) return;
      const part = (n / cell.n) * 100;
      svg.append(draw("circle", { class: `ring m-${"abcn"[index]}`, cx: 20, cy: 20, r: 17, pathLength: 100, "stroke-dasharray": `${part} ${100 - part}`, "stroke-dashoffset": 25 - from }));
      from += part;
    });
    svg.append(draw("text", { x: 20, y: 24 }, cell.n < 10000 ? cell.n : `${Math.floor(cell.n / 1000)}k`));
    return svg;
  };
  const point = (one) => {
    const icon = L.divIcon({ className: `m-point m-${(one.tier || "n").toLowerCase()}`, iconSize: [26, 26], html: letter(one.tier) });
    const mark = L.marker(one.at, { icon, title: one.name, riseOnHover: true, zIndexOffset: one.tier === "A" ? 50 : 0 });
    const card = document.createElement("div");
    const link = document.createElement("a");
    link.href = one.url;
    link.className = "link";
    link.textContent = one.name;
    const sub = document.createElement("div");
    sub.textContent = one.place;
    card.append(link, sub);
    return mark.bindPopup(card, { closeButton: false, minWidth: 120 });
  };
  const letter = (tier) => {
    const face = document.createElement("span");
    face.textContent = tier || "–";
    return face;
  };
  const fill = (found) => {
    said.textContent = say(found.total === 1 ? texts.oneInView : texts.inView, { n: found.total.toLocaleString("en") });
    if (!list) return;
    list.replaceChildren(
      ...found.listed.map((one) => {
        const row = document.createElement("li");
        const grow = document.createElement("div");
        grow.className = "grow";
        const link = document.createElement("a");
        link.className = "name";
        link.href = one.url;
        link.textContent = one.name;
        const sub = document.createElement("div");
        sub.className = "sub";
        sub.textContent = one.place;
        grow.append(link, sub);
        row.append(badge(one.tier), grow);
        return row;
      }),
    );
  };

  map.on("moveend", show);
  root.dataset.ready = "";
  await show();
}

function plain(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span.outerHTML;
}

/* Where no tiles are: lines of latitude and longitude, and the names of cities. One canvas, drawn anew after each move. */
function ground(L) {
  return L.Layer.extend({
    initialize(places) { this.places = places; },
    onAdd(map) {
      this.canvas = L.DomUtil.create("canvas", "m-ground leaflet-zoom-hide", map.getPane("tilePane"));
      this.canvas.setAttribute("aria-hidden", "true");
      map.on("moveend viewreset resize zoomend", this.draw, this);
      this.draw();
    },
    onRemove(map) {
      map.off("moveend viewreset resize zoomend", this.draw, this);
      this.canvas.remove();
    },
    draw() {
      const map = this._map;
      const size = map.getSize();
      const sharp = window.devicePixelRatio || 1;
      L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
      Object.assign(this.canvas, { width: size.x * sharp, height: size.y * sharp });
      this.canvas.style.width = `${size.x}px`;
      this.canvas.style.height = `${size.y}px`;
      const pen = this.canvas.getContext("2d");
      const colour = (name) => getComputedStyle(map.getContainer()).getPropertyValue(name).trim();
      pen.scale(sharp, sharp);
      pen.clearRect(0, 0, size.x, size.y);
      const step = [30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005].find((s) => (s / 360) * 256 * 2 ** map.getZoom() < 220) ?? 0.002;
      const view = map.getBounds();
      const at = (lat, lon) => map.latLngToContainerPoint([lat, lon]);
      const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
      pen.lineWidth = 1;
      pen.strokeStyle = colour("--map-line");
      pen.fillStyle = colour("--map-ink-2");
      pen.font = "11px system-ui, sans-serif";
      for (let lon = Math.ceil(view.getWest() / step) * step; lon <= view.getEast(); lon += step) {
        const x = Math.round(at(view.getNorth(), lon).x) + 0.5;
        pen.beginPath(); pen.moveTo(x, 0); pen.lineTo(x, size.y); pen.stroke();
        pen.fillText(`${Math.abs(lon).toFixed(digits)}°${lon < 0 ? "W" : "E"}`, x + 4, 12);
      }
      for (let lat = Math.ceil(Math.max(view.getSouth(), -85) / step) * step; lat <= Math.min(view.getNorth(), 85); lat += step) {
        const y = Math.round(at(lat, view.getWest()).y) + 0.5;
        pen.beginPath(); pen.moveTo(0, y); pen.lineTo(size.x, y); pen.stroke();
        const text = `${Math.abs(lat).toFixed(digits)}°${lat < 0 ? "S" : "N"}`;
        pen.fillText(text, size.x - pen.measureText(text).width - 6, y - 4);
      }
      /* names: the most important first, none over another */
      const most = map.getZoom() < 5 ? 1 : map.getZoom() < 7 ? 2 : 3;
      const taken = [];
      pen.font = "12px system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
      pen.textBaseline = "middle";
      for (const importance of [1, 2, 3].slice(0, most)) {
        for (const [name, lat, lon, weight] of this.places) {
          if (weight !== importance || !view.contains([lat, lon])) continue;
          const { x, y } = at(lat, lon);
          const box = [x - 4, y - 9, x + 8 + pen.measureText(name).width, y + 9];
          if (taken.some((one) => one[0] < box[2] && one[2] > box[0] && one[1] < box[3] && one[3] > box[1])) continue;
          taken.push(box);
          pen.fillStyle = colour("--map-ink-2");
          pen.beginPath(); pen.arc(x, y, 2, 0, 7); pen.fill();
          pen.fillStyle = colour("--map-ink");
          pen.fillText(name, x + 6, y);
        }
      }
    },
  });
}
