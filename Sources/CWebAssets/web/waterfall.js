// Bars on a canvas: only the rows in sight are drawn, so a hundred thousand events scroll like a hundred.

import { axis, brush, overview, palette, prepare, press, redraw } from "./canvas.js";
import { announce, h } from "./dom.js";
import { hues, middle } from "./format.js";

const ROW = 24;
const NAMES = 300;

/** The waterfall of `rows`, each {id, label, service, start, length, critical, race}; tells of the selected one. */
export function waterfall(rows, range, selectedId, onSelect, signal) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const spacer = h("div", { class: "spacer" }, canvas);
  const total = Math.max(1, range.last - range.first);
  const hue = hues(rows.map((row) => row.service));
  let view = { from: 0, to: total };
  let selected = Math.max(-1, rows.findIndex((row) => row.id === selectedId));
  let colours = palette();

  const status = h("p", { class: "hidden", role: "status" });
  const minimap = h("canvas", { class: "minimap", "aria-hidden": "true" });
  const box = h("div", {
    class: "waterfall", tabindex: "0", role: "group", "aria-label": `${rows.length} events; arrow keys move the selection, the table below says the same`,
    on: { scroll: () => request(), keydown: keys, click: pick },
  }, spacer);
  spacer.style.height = `${rows.length * ROW + 30}px`;
  const root = h("div", {}, minimap, box, status);
  const request = redraw(box, draw, signal);

  function draw() {
    colours = palette();
    const height = box.clientHeight || 480;
    const width = box.clientWidth || 800;
    const pen = prepare(canvas, width, height);
    const names = Math.min(NAMES, width * 0.4);
    const across = width - names - 12;
    const place = (time) => names + ((time - range.first - view.from) / (view.to - view.from)) * across;
    const first = Math.max(0, Math.floor(box.scrollTop / ROW));
    const shown = Math.ceil(height / ROW) + 1;
    for (let index = first; index < Math.min(rows.length, first + shown); index += 1) bar(pen, rows[index], index, 28 + index * ROW - box.scrollTop, names, width, place);
    axis(pen, colours, names, width, across, view, "event");
    small();
  }

  function bar(pen, row, index, top, names, width, place) {
    if (index === selected) {
      pen.fillStyle = colours.line;
      pen.fillRect(0, top, width, ROW);
    }
    const colour = colours.services[hue.get(row.service)];
    pen.fillStyle = colour;
    pen.fillRect(4, top + 6, 4, ROW - 12);
    pen.fillStyle = row.race ? colours.conflict : colours.text;
    const indent = 14 + 8 * (row.depth ?? 0);
    pen.fillText(middle((row.race ? "✕ " : "") + row.label, Math.floor((names - 10 - indent) / 6.6)), indent, top + ROW / 2);
    pen.save();
    pen.beginPath();
    pen.rect(names, top, width - names, ROW);
    pen.clip();
    const left = place(row.start);
    const right = place(row.start + row.length);
    pen.fillStyle = colour;
    if (row.length > 0) pen.fillRect(left, top + 6, Math.max(2, right - left), ROW - 12);
    else { pen.beginPath(); pen.arc(left, top + ROW / 2, 4, 0, 7); pen.fill(); }
    if (row.critical) {
      // The stretch that is charged to the event ends where the event does.
      const from = place(row.start + row.length - row.critical);
      pen.fillStyle = colours.text;
      pen.fillRect(from, top + ROW / 2 - 1, Math.max(2, right - from), 2);
    }
    if (row.race) {
      pen.fillStyle = colours.conflict;
      pen.font = `bold 14px ${colours.font}`;
      pen.fillText("✕", Math.min(right + 6, width - 14), top + ROW / 2);
      pen.font = `12px ${colours.font}`;
    }
    pen.restore();
  }

  function small() {
    const width = root.clientWidth || 800;
    const bins = new Float64Array(Math.max(1, Math.floor(width / 3)));
    const part = (row) => (row.start - range.first) / total;
    for (const row of rows) bins[Math.min(bins.length - 1, Math.max(0, Math.floor(part(row) * bins.length)))] += 1;
    overview(minimap, width, bins, rows.filter((row) => row.race).map(part), view, total);
  }

  function zoom(factor) {
    const centre = selected >= 0 ? Math.min(view.to, Math.max(view.from, rows[selected].start - range.first)) : (view.from + view.to) / 2;
    const span = Math.min(total, Math.max(1000, (view.to - view.from) * factor));
    const from = Math.min(total - span, Math.max(0, centre - span / 2));
    view = { from, to: from + span };
    request();
  }

  function move(part) {
    const span = view.to - view.from;
    const from = Math.min(total - span, Math.max(0, view.from + part * span));
    view = { from, to: from + span };
    request();
  }

  function choose(index) {
    if (!rows.length) return;
    selected = Math.max(0, Math.min(rows.length - 1, index));
    const top = selected * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW + 28 > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW + 28 - box.clientHeight;
    const row = rows[selected];
    status.textContent = `${row.label}, ${row.service}, ${selected + 1} of ${rows.length}${row.race ? ", racing" : ""}`;
    announce(status.textContent);
    onSelect(row);
    request();
  }

  function keys(event) {
    press(event, {
      j: () => choose(selected + 1), ArrowDown: () => choose(selected + 1), ".": () => choose(selected + 1),
      k: () => choose(selected - 1), ArrowUp: () => choose(selected - 1), ",": () => choose(selected - 1),
      PageDown: () => choose(selected + 15), PageUp: () => choose(selected - 15), Home: () => choose(0), End: () => choose(rows.length - 1),
      w: () => zoom(0.6), s: () => zoom(1 / 0.6), a: () => move(-0.25), d: () => move(0.25), f: () => { view = { from: 0, to: total }; request(); },
    });
  }

  function pick(event) {
    const index = Math.floor((event.clientY - box.getBoundingClientRect().top + box.scrollTop - 28) / ROW);
    if (index >= 0 && index < rows.length) choose(index);
  }

  brush(minimap, (from, to) => { view = { from: from * total, to: to * total }; request(); });
  queueMicrotask(() => { if (selected >= 0) choose(selected); request(); });
  return root;
}
