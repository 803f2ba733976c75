// A trace too long to draw event by event: lanes of bars that the server merged to the width of the screen, again for every zoom.

import { axis, brush, overview, palette, prepare, press, redraw } from "./canvas.js";
import { announce, h, heads } from "./dom.js";
import { count, duration, hues, middle, plural, words } from "./format.js";

const BAR = 12;
const PAD = 10;
const NAMES = 260;
const LEVELS = 12;

/** How many pieces of time are worth telling apart on a page as wide as this one: bars are drawn two pixels wide and more. */
export function timelineWidth() {
  return Math.max(200, Math.min(1200, Math.floor(document.documentElement.clientWidth * 0.3)));
}

/**
 * The lanes of `data`, an answer of the timeline route over the whole trace. `fetchPart(from, to)` gives another; `onSelect(bar, lane)` is
 * told what was chosen, `onView(from, to)` what is in sight.
 */
export function timeline(data, { view, fetchPart, onSelect, onView, signal }) {
  const total = Math.max(1, data.duration_ns);
  const whole = { from: 0, to: total };
  let seen = { ...whole, ...view };
  let part = data;
  let chosen = null;
  let asked = 0;
  let timer = 0;
  const layout = lanes(data);
  const hue = hues(data.lanes.map((lane) => lane.service));
  const canvas = h("canvas", { "aria-hidden": "true" });
  const spacer = h("div", { class: "spacer" }, canvas);
  const note = h("p", { class: "quiet", role: "status" });
  const minimap = h("canvas", { class: "minimap", "aria-hidden": "true" });
  const box = h("div", {
    class: "waterfall", tabindex: "0", role: "group",
    "aria-label": `${plural(data.events, "event")} in ${plural(data.lanes.length, "lane")}; arrow keys move the selection, the table below lists the lanes`,
    on: { scroll: () => request(), keydown: keys, click: pick, dblclick: () => chosen && chosen.bar.count > 1 && open(chosen.bar) },
  }, spacer);
  spacer.style.height = `${layout.height + 40}px`;
  const root = h("div", {}, minimap, box, note);
  const request = redraw(box, draw, signal);
  const bins = density(data, total);
  brush(minimap, (from, to) => go({ from: from * total, to: to * total }));

  function frame() {
    const width = box.clientWidth || 800;
    const names = Math.min(NAMES, width * 0.4);
    const across = width - names - 12;
    return { width, names, across, place: (time) => names + ((time - seen.from) / (seen.to - seen.from)) * across };
  }

  function draw() {
    const colours = palette();
    const height = box.clientHeight || 480;
    const at = frame();
    const pen = prepare(canvas, at.width, height);
    part.lanes.forEach((lane, index) => {
      const top = 32 + layout.tops[index] - box.scrollTop;
      if (top > height || top + layout.heights[index] < 0) return;
      one(pen, colours, lane, index, top, at);
    });
    axis(pen, colours, at.names, at.width, at.across, seen, "task");
    overview(minimap, root.clientWidth || 800, bins.counts, bins.races, seen, total);
  }

  function one(pen, colours, lane, index, top, { width, names, place }) {
    const colour = colours.services[hue.get(lane.service)];
    pen.fillStyle = colour;
    pen.fillRect(4, top + 4, 4, layout.heights[index] - 8);
    pen.fillStyle = colours.text;
    pen.fillText(middle(lane.service || lane.instance || "no service", Math.floor((names - 90) / 6.8)), 14, top + layout.heights[index] / 2);
    pen.fillStyle = colours.ink;
    pen.textAlign = "right";
    pen.fillText(middle(lane.thread, 12), names - 10, top + layout.heights[index] / 2);
    pen.textAlign = "left";
    pen.fillStyle = colours.line;
    pen.fillRect(0, top + layout.heights[index], width, 1);
    pen.save();
    pen.beginPath();
    pen.rect(names, top, width - names, layout.heights[index]);
    pen.clip();
    for (const bar of lane.bars) {
      const left = place(bar.from);
      const long = Math.max(2, place(bar.to) - left);
      if (left > width || left + long < names) continue;
      const y = top + PAD / 2 + Math.min(bar.level, LEVELS - 1) * BAR;
      pen.fillStyle = colour;
      pen.globalAlpha = bar.count > 1 ? 0.6 : 1;
      pen.fillRect(left, y, long, BAR - 2);
      pen.globalAlpha = 1;
      if (bar.critical) { pen.fillStyle = colours.text; pen.fillRect(left, y + BAR / 2 - 2, long, 2); }
      if (bar.race) { pen.fillStyle = colours.conflict; pen.fillRect(left, y - 2, Math.max(3, long), 3); }
      if (chosen && bar.event === chosen.bar.event) { pen.strokeStyle = colours.ring; pen.lineWidth = 2; pen.strokeRect(left - 1, y - 1, long + 2, BAR); }
    }
    pen.restore();
  }

  /** Shows another part: at once what is known, soon what the server says of it. */
  function go(next) {
    const span = Math.min(total, Math.max(1000, next.to - next.from));
    const from = Math.min(total - span, Math.max(0, next.from));
    seen = { from, to: from + span };
    request();
    clearTimeout(timer);
    timer = setTimeout(load, 120);
  }

  async function load() {
    const number = (asked += 1);
    onView(seen.from > 0 || seen.to < total ? Math.floor(seen.from) : null, seen.from > 0 || seen.to < total ? Math.ceil(seen.to) : null);
    try {
      const answer = await fetchPart(Math.floor(seen.from), Math.ceil(seen.to));
      if (number === asked) { part = answer; tell(); request(); }
    } catch (error) {
      note.textContent = `This part could not be had: ${error.message}`;
    }
  }

  function tell() {
    const bars = part.lanes.reduce((sum, lane) => sum + lane.bars.length, 0);
    const events = part.lanes.reduce((sum, lane) => sum + lane.bars.reduce((all, bar) => all + bar.count, 0), 0);
    const left = [part.lanes_omitted ? `${plural(part.lanes_omitted, "lane")} more not drawn` : "", part.bars_omitted ? `${plural(part.bars_omitted, "bar")} more not drawn` : ""].filter(Boolean);
    note.textContent = (events > bars ? `${plural(events, "event")} drawn as ${plural(bars, "bar")}; zoom in to part them.` : `${plural(events, "event")} in sight.`) + (left.length ? ` ${left.join(", ")}.` : "");
  }

  function choose(bar, lane) {
    chosen = { bar, lane };
    const index = part.lanes.indexOf(lane);
    const top = layout.tops[index];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + layout.heights[index] + 32 > box.scrollTop + box.clientHeight) box.scrollTop = top + layout.heights[index] + 32 - box.clientHeight;
    if (bar.to < seen.from || bar.from > seen.to) go({ from: bar.from - (seen.to - seen.from) / 2, to: bar.from + (seen.to - seen.from) / 2 });
    announce(`${bar.count > 1 ? plural(bar.count, "event") : bar.name}, ${lane.service} ${lane.thread}${bar.race ? ", racing" : ""}`);
    onSelect(bar, lane, () => open(bar));
    request();
  }

  function open(bar) {
    const margin = Math.max(1000, (bar.to - bar.from) * 0.1);
    go({ from: bar.from - margin, to: bar.to + margin });
  }

  function neighbour(step) {
    const lane = chosen ? part.lanes.find((each) => each.bars.some((bar) => bar.event === chosen.bar.event)) ?? part.lanes[0] : part.lanes[0];
    if (!lane?.bars.length) return;
    const at = chosen ? lane.bars.findIndex((bar) => bar.event === chosen.bar.event) : -1;
    choose(lane.bars[Math.min(lane.bars.length - 1, Math.max(0, at + step))], lane);
  }

  function across(step) {
    const from = chosen ? part.lanes.findIndex((each) => each.bars.some((bar) => bar.event === chosen.bar.event)) : -1;
    for (let index = from + step; index >= 0 && index < part.lanes.length; index += step) {
      const { bars } = part.lanes[index];
      if (!bars.length) continue;
      const wanted = chosen?.bar.from ?? seen.from;
      return choose(bars.reduce((best, bar) => (Math.abs(bar.from - wanted) < Math.abs(best.from - wanted) ? bar : best)), part.lanes[index]);
    }
  }

  function zoom(factor) {
    const centre = chosen ? Math.min(seen.to, Math.max(seen.from, chosen.bar.from)) : (seen.from + seen.to) / 2;
    const span = (seen.to - seen.from) * factor;
    go({ from: centre - span / 2, to: centre + span / 2 });
  }

  function keys(event) {
    const span = seen.to - seen.from;
    press(event, {
      j: () => across(1), ArrowDown: () => across(1), k: () => across(-1), ArrowUp: () => across(-1),
      ".": () => neighbour(1), ArrowRight: () => neighbour(1), ",": () => neighbour(-1), ArrowLeft: () => neighbour(-1),
      w: () => zoom(0.5), s: () => zoom(2), a: () => go({ from: seen.from - span / 4, to: seen.to - span / 4 }), d: () => go({ from: seen.from + span / 4, to: seen.to + span / 4 }),
      f: () => go(whole), Enter: () => chosen && open(chosen.bar),
    });
  }

  function pick(event) {
    const edge = box.getBoundingClientRect();
    const [x, y] = [event.clientX - edge.left, event.clientY - edge.top - 32 + box.scrollTop];
    const index = layout.tops.findIndex((top, at) => y >= top && y < top + layout.heights[at]);
    const lane = part.lanes[index];
    if (!lane) return;
    const { place } = frame();
    const level = Math.floor((y - layout.tops[index] - PAD / 2) / BAR);
    const hit = lane.bars.filter((bar) => x >= place(bar.from) - 3 && x <= Math.max(place(bar.to), place(bar.from) + 2) + 3);
    const best = hit.find((bar) => Math.min(bar.level, LEVELS - 1) === level) ?? hit.at(-1);
    if (best) choose(best, lane);
  }

  tell();
  if (view && (seen.from > 0 || seen.to < total)) load();
  return { root, twin: () => twin(data) };
}

/** Where each lane lies: as high as its bars are nested. */
function lanes(data) {
  const heights = data.lanes.map((lane) => PAD + BAR * Math.max(1.5, 1 + Math.min(LEVELS - 1, lane.bars.reduce((most, bar) => Math.max(most, bar.level), 0))));
  const tops = [];
  let height = 0;
  for (const each of heights) { tops.push(height); height += each; }
  return { heights, tops, height };
}

function density(data, total) {
  const counts = new Float64Array(320);
  const races = [];
  for (const lane of data.lanes) {
    for (const bar of lane.bars) {
      counts[Math.min(counts.length - 1, Math.floor((bar.from / total) * counts.length))] += bar.count;
      if (bar.race) races.push(bar.from / total);
    }
  }
  return { counts, races };
}

/** The lanes as a table, for those who do not see the picture. */
function twin(data) {
  const most = 200;
  return h("details", { class: "twin" }, h("summary", {}, "The same as a table"), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Lanes" }, h("table", {},
    heads("Service", "Task", "Events", "First", "Longest"),
    h("tbody", {}, data.lanes.slice(0, most).map((lane) => {
      const longest = lane.bars.reduce((best, bar) => (bar.to - bar.from > (best ? best.to - best.from : -1) ? bar : best), null);
      return h("tr", {}, h("td", {}, lane.service), h("td", { class: "mono" }, lane.thread), h("td", { class: "number" }, count(lane.events)),
        h("td", {}, lane.bars.length ? duration(lane.bars[0].from) : "–"), h("td", {}, longest ? `${words(longest.name)}, ${duration(longest.to - longest.from)}` : "–"));
    })))), data.lanes.length > most ? h("p", { class: "quiet" }, `The first ${most} of ${plural(data.lanes.length, "lane")}.`) : null);
}
