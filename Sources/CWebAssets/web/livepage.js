// What happens now: rates over the last minutes, the newest races and traces. Stands still while somebody reads.

import { announce, h, heads, link, s, show } from "./dom.js";
import { brief, count, plural, short, words } from "./format.js";
import { listen } from "./live.js";
import { glyph } from "./races.js";
import { source } from "./source.js";

const KEPT = 120;
const ROWS = 40;

export function livePage(container, route) {
  document.title = "Live – Raceway";
  const series = { taken: [], behind: [], running: [] };
  const charts = h("div", { class: "facts wide" });
  const bar = h("div", { role: "status" });
  const races = h("tbody", {});
  const traces = h("tbody", {});
  const waiting = [];
  let paused = false;
  let hovered = false;
  const halted = () => paused || hovered;

  function tell() {
    show(bar, h("p", { class: halted() ? "notice" : "quiet" }, halted() ? `Paused – ${count(waiting.reduce((sum, [, data]) => sum + (data.changed_races?.length ?? 0) + (data.changed_traces?.length ?? 0), 0))} new · ` : "Follows as it comes · ",
      h("button", { type: "button", on: { click: toggle } }, paused ? "Resume (space)" : "Pause (space)")));
  }

  function toggle() {
    paused = !paused;
    drain();
    announce(paused ? "Paused" : "Follows again");
  }

  function drain() {
    if (!halted()) for (const [kind, data] of waiting.splice(0)) take(kind, data);
    tell();
  }

  function take(kind, data) {
    const top = (body, id, row) => {
      [...body.children].find((each) => each.dataset.id === id)?.remove();
      body.prepend(row);
      while (body.childElementCount > ROWS) body.lastElementChild.remove();
    };
    for (const race of (data.changed_races ?? []).slice(0, ROWS).reverse()) top(races, race.id, raceRow(race));
    for (const trace of (data.changed_traces ?? []).slice(0, ROWS).reverse()) top(traces, trace.trace_id, traceRow(trace));
    if (kind === "delta" && data.changed_races?.length) announce(`${plural(data.changed_races.length, "race")} new or changed`);
  }

  async function measure() {
    if (document.hidden) return;
    try {
      const stats = await source.stats();
      const now = performance.now();
      const { last } = series;
      if (last) push(series.taken, Math.max(0, (stats.events.accepted - last.taken) / ((now - last.at) / 1000)));
      series.last = { at: now, taken: stats.events.accepted };
      push(series.behind, Math.max(0, stats.store.events - (stats.analysis?.events ?? 0)));
      push(series.running, stats.requests.in_flight);
      show(charts, chart("Events a second", series.taken), chart("Events not analysed yet", series.behind), chart("Requests running", series.running));
    } catch { /* the banner of the frame says that the server is gone */ }
  }

  const column = (name, body, ...names) => h("div", { class: "panel" }, h("h2", {}, name), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, h("table", { class: "races" }, heads(...names), body)));
  const columns = h("div", { class: "columns even", on: { mouseenter: () => { hovered = true; tell(); }, mouseleave: () => { hovered = false; drain(); } } },
    column("Latest races", races, "", "What happened", "Seen"), column("Latest traces", traces, "Trace", "Services", "Events"));
  show(container, h("h1", {}, "Live"), charts, bar, columns);
  route.actions[" "] = toggle;
  tell();
  show(charts, chart("Events a second", []), chart("Events not analysed yet", []), chart("Requests running", []));
  listen((kind, data) => {
    if (!halted()) return take(kind, data);
    waiting.push([kind, data]);
    if (waiting.length > 200) waiting.shift();
    tell();
  }, route.signal);
  measure();
  const timer = setInterval(measure, 2000);
  route.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

function push(list, value) {
  list.push(value);
  if (list.length > KEPT) list.shift();
}

function raceRow(race) {
  return h("tr", { class: race.grade, dataset: { row: "", id: race.id } }, h("td", { class: "glyph", title: race.grade }, glyph(race.grade), h("span", { class: "hidden" }, race.grade)),
    h("td", {}, link(`/races/${race.id}`, { class: "main" }, words(race.pattern)), " ", h("span", { class: "mono" }, race.object.name), h("div", { class: "verdict" }, brief(race))), h("td", { class: "number" }, count(race.count)));
}

function traceRow(trace) {
  return h("tr", { dataset: { row: "", id: trace.trace_id } }, h("td", { class: "mono nowrap" }, link(`/traces/${trace.trace_id}`, { class: "main" }, short(trace.trace_id))),
    h("td", {}, trace.services.join(", ")), h("td", { class: "number" }, count(trace.event_count)));
}

function chart(name, values) {
  const most = Math.max(...values, 1);
  const points = values.map((value, index) => `${(index / (KEPT - 1)) * 240},${38 - (value / most) * 34}`).join(" ");
  const last = values.at(-1);
  return h("div", { class: "panel" }, h("h2", {}, name), h("p", { class: "fact" }, last === undefined ? "–" : count(Math.round(last))),
    s("svg", { class: "spark", viewBox: "0 0 240 40", width: 240, height: 40, role: "img", "aria-label": `${name}: now ${last === undefined ? "unknown" : Math.round(last)}, at most ${Math.round(Math.max(...values, 0))}` }, s("polyline", { points, class: "line" })));
}
