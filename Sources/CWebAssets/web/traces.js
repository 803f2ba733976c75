// The list of traces, and one trace: a waterfall on a canvas with the critical path and the racing accesses.

import { h, heads, hrefOf, link, show } from "./dom.js";
import { ago, count, duration, middle, plural, short, words } from "./format.js";
import { glyph } from "./races.js";
import { source } from "./source.js";
import { firstRun, load } from "./states.js";
import { timeline, timelineWidth } from "./timeline.js";
import { waterfall } from "./waterfall.js";

/** Up to here a trace is drawn event by event. */
const EVENTS = 4000;

/** Of a trace, with or without hyphens. */
const ID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

export function tracesPage(container, route) {
  const page = Math.max(1, Number(route.query.get("page") ?? 1) || 1);
  const wanted = route.query.get("q") ?? "";
  const list = h("div", { class: "list" });
  const find = h("input", { id: "search", type: "search", placeholder: "word, service:name, key=value, took>100ms, is:error, is:racing, or an id", autocomplete: "off", value: wanted });
  const search = (event) => {
    event.preventDefault();
    const text = find.value.trim();
    route.go(ID.test(text) ? `/traces/${text}` : text ? `/traces?q=${encodeURIComponent(text)}` : "/traces");
  };
  show(container, h("h1", {}, "Traces"),
    h("form", { class: "filters", role: "search", on: { submit: search } }, h("label", { class: "grow" }, h("span", { class: "hidden" }, "Search traces, or open one by its id"), find), h("button", {}, "Search")), list);
  if (wanted) return load(list, "the traces", () => source.search(wanted), (data) => drawFound(list, data, wanted));
  return load(list, "the traces", () => source.traces(page), (data) => {
    if (!data.traces.length) return show(list, firstRun());
    return show(list, h("p", { class: "quiet" }, plural(data.total_traces, "trace")),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Traces" }, h("table", {},
        heads("Trace", "Services", "Events", "Took", "Last"),
        h("tbody", {}, data.traces.map((trace) => h("tr", { dataset: { row: "" } },
          h("td", { class: "mono" }, link(`/traces/${trace.trace_id}`, { class: "main" }, trace.trace_id)),
          h("td", {}, trace.services.join(", ")), h("td", { class: "number" }, count(trace.event_count)),
          h("td", { class: "number" }, duration(nanoseconds(trace.last_timestamp) - nanoseconds(trace.first_timestamp))),
          h("td", { class: "nowrap", title: trace.last_timestamp }, ago(trace.last_timestamp))))))),
      h("p", { class: "pages" }, page > 1 ? link(`/traces?page=${page - 1}`, {}, "Newer") : null,
        data.total_pages > 1 ? ` page ${page} of ${data.total_pages} ` : null, page < data.total_pages ? link(`/traces?page=${page + 1}`, {}, "Older") : null));
  });
}

/** What a search found. */
function drawFound(list, data, wanted) {
  const end = data.complete ? null : h("p", { class: "notice" }, "The search ended before it had looked at everything: a more precise one finds more.");
  if (!data.traces.length) {
    return show(list, end, h("div", { class: "state" }, h("h2", {}, `No trace says ${wanted}`), h("p", {}, "Every word has to occur in the trace. ", link("/traces", {}, "Show all traces"))));
  }
  return show(list, h("p", { class: "quiet" }, plural(data.traces.length, "trace"), " found, the newest first · ", link("/traces", {}, "show all")), end,
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Traces" }, h("table", {},
      heads("Trace", "Begins with", "Services", "Events", "Took", "Errors", "Races", "Began"),
      h("tbody", {}, data.traces.map((trace) => h("tr", { dataset: { row: "" } },
        h("td", { class: "mono nowrap", title: trace.trace_id }, link(`/traces/${trace.trace_id}`, { class: "main" }, short(trace.trace_id))),
        h("td", {}, middle(trace.name, 60)), h("td", {}, trace.services.map((name) => middle(name, 40)).join(", ")),
        h("td", { class: "number" }, count(trace.event_count)), h("td", { class: "number" }, duration(trace.duration_ns)),
        h("td", { class: "number" }, trace.errors ? h("span", { class: "conflict" }, count(trace.errors)) : "–"),
        h("td", { class: "nowrap" }, trace.races ? h("span", { class: "conflict" }, `✕ ${count(trace.races)}`) : "–"),
        h("td", { class: "nowrap", title: trace.first_timestamp }, ago(trace.first_timestamp))))))));
}

/** Nanoseconds since 1970 of an RFC 3339 time, all digits kept as far as a double can: offsets within a trace stay exact to 100 ns. */
export function nanoseconds(text) {
  const match = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?(.*)$/.exec(text ?? "");
  if (!match) return NaN;
  return Date.parse(match[1] + (match[3] || "Z")) * 1e6 + Number((match[2] ?? "0").padEnd(9, "0").slice(0, 9));
}

export function tracePage(container, route) {
  return load(container, "the trace", async () => {
    const lanes = await source.timeline(route.id, undefined, undefined, timelineWidth());
    return { lanes, trace: lanes.events <= EVENTS ? await source.trace(route.id) : null };
  }, ({ lanes, trace }) => (trace ? drawTrace(container, trace, route) : drawLanes(container, lanes, route)));
}

function drawer() {
  return h("aside", { class: "drawer panel", "aria-label": "Selected event", "aria-live": "polite" }, h("p", { class: "quiet" }, "Select an event."));
}

function title(route, heading, chips) {
  const other = h("input", { type: "search", placeholder: "id of another trace", autocomplete: "off", "aria-label": "Trace to compare with" });
  document.title = `Trace ${short(route.id)} – Raceway`;
  return [h("p", { class: "crumbs" }, link("/traces", {}, "Traces"), " / ", h("span", { class: "mono" }, route.id)), h("h1", {}, heading), h("p", { class: "chips" }, chips),
    h("details", { class: "decide" }, h("summary", {}, "Compare, export"),
      h("form", { class: "filters", on: { submit: (event) => { event.preventDefault(); if (other.value.trim()) route.go(`/compare/${route.id}...${other.value.trim()}`); } } },
        h("label", { class: "grow" }, other), h("button", {}, "Compare"), link(`/compare/${route.id}...`, {}, "choose from a list")),
      h("p", {}, "Export: ", ["raceway", "chrome", "otlp", "jaeger", "zipkin"].map((format) => [h("a", { href: `/api/traces/${encodeURIComponent(route.id)}/export?format=${format}`, download: "" }, format), " "])))];
}

/** A long trace: lanes that the server merged. */
function drawLanes(container, data, route) {
  const box = drawer();
  const limits = ["from", "to"].map((name) => Number(route.query.get(name)) || 0);
  const picture = timeline(data, {
    view: limits[1] > limits[0] ? { from: limits[0], to: limits[1] } : null, signal: route.signal,
    fetchPart: (from, to) => source.timeline(route.id, String(from), String(to), timelineWidth()),
    onView: (from, to) => route.keep({ from, to }),
    onSelect: (bar, lane, zoom) => {
      route.keep({ sel: bar.event });
      const facts = [["Service", lane.service], ["Task", lane.thread], ["Begins", duration(bar.from)], ["Took", duration(bar.to - bar.from)], ["Kind", bar.kind], ["Id", bar.event]];
      show(box, h("h2", {}, bar.count > 1 ? `${plural(bar.count, "event")}, first: ${bar.name}` : bar.name), bar.race ? h("p", { class: "conflict" }, "✕ racing access") : null,
        h("dl", {}, facts.filter(([, fact]) => fact).map(([name, fact]) => [h("dt", {}, name), h("dd", { class: "mono" }, fact)])),
        bar.count > 1 ? h("p", {}, h("button", { type: "button", on: { click: zoom } }, "Zoom to them")) : null);
    },
  });
  const path = data.critical_path.reduce((sum, step) => sum + step.duration_ns, 0);
  show(container, title(route, "Trace", [h("span", { class: "chip" }, duration(data.duration_ns)), h("span", { class: "chip" }, plural(new Set(data.lanes.map((lane) => lane.service)).size, "service")),
    h("span", { class: "chip" }, plural(data.events, "event")), h("span", { class: "chip" }, `critical path ${Math.round((100 * path) / Math.max(1, data.duration_ns))} %`),
    h("span", { class: `chip ${data.races.length ? "manifested" : ""}` }, data.races.length ? `✕ ${plural(data.races.length, "race")}` : "no race listed")]),
  data.races.length ? h("p", {}, "✕ ", data.races.slice(0, 12).map((id) => [link(`/races/${id}`, { class: "mono" }, id), " "])) : null,
  h("div", { class: "columns trace" }, h("div", { class: "wide" }, picture.root,
    h("p", { class: "key" }, h("span", {}, "━ critical path"), h("span", { class: "conflict" }, "▔ racing access"), h("span", {}, "w a s d zoom and move, f fit, j k lanes, , . neighbours, Enter zooms to a bar")), picture.twin()), box));
}

function drawTrace(container, trace, route) {
  const rows = trace.events.map((event) => row(event));
  mark(rows, trace);
  const [first, last] = rows.reduce(([low, high], each) => [Math.min(low, each.start), Math.max(high, each.start + Math.max(0, each.length))], [Infinity, -Infinity]);
  const box = drawer();
  const order = route.query.get("order") === "causal" ? "causal" : "time";
  const switcher = h("button", { type: "button", on: { click: () => route.replace({ sel: route.query.get("sel") ?? "", order: order === "time" ? "causal" : "" }) } }, `Order: ${order}`);
  const picture = rows.length ? waterfall(order === "time" ? rows.toSorted((a, b) => a.start - b.start || a.place - b.place) : rows, { first, last }, route.query.get("sel"), (each) => {
    route.keep({ sel: each.id });
    show(box, details(each, trace));
  }, route.signal) : h("p", { class: "empty" }, "This trace has no events.");
  const races = trace.analysis.race_details;
  const { missing, skew } = oddities(rows, trace);
  show(container, title(route, (rows.find((each) => !each.event.parent_id && each.length) ?? rows.find((each) => !each.event.parent_id) ?? rows[0])?.label ?? "Trace", [h("span", { class: "chip" }, duration(last - first)), h("span", { class: "chip" }, plural(trace.dependencies.services.length, "service")),
    h("span", { class: "chip" }, plural(trace.events_total, "event")), h("span", { class: "chip" }, `critical path ${Math.round(trace.critical_path.percentage_of_total)} %`),
    h("span", { class: `chip ${races.length ? "manifested" : ""}` }, races.length ? `✕ ${plural(races.length, "race")}` : "no race listed"),
    skew ? h("span", { class: "chip", title: "An event stands before its cause on another machine. The causal order does not use clocks of two machines." }, `clocks differ by ${duration(skew)} or more`) : null, switcher]),
  trace.events_truncated ? h("p", { class: "notice" }, `${count(rows.length)} of ${count(trace.events_total)} events are drawn. The export has all of them.`) : null,
  missing ? h("p", { class: "notice" }, `Still arriving, or lost: the parents of ${plural(missing, "event")} are not here. `, h("button", { type: "button", on: { click: () => tracePage(container, route) } }, "Look again")) : null,
  races.length ? h("ul", { class: "plain" }, races.filter((race) => race.race_id).slice(0, 8).map((race) => h("li", {}, `${glyph(race.grade)} `, link(`/races/${race.race_id}`, {}, race.race_id), ` ${words(race.pattern ?? "")} – ${race.verdict ?? ""}`))) : null,
  h("div", { class: "columns trace" }, h("div", { class: "wide" }, picture, h("p", { class: "key" }, h("span", {}, "━ critical path"), h("span", { class: "conflict" }, "✕ racing access"), h("span", {}, "w a s d zoom and move, f fit, j k next")), twin(rows, first)), box));
}

/** Which rows race, and which are on the critical path. */
function mark(rows, trace) {
  const racing = new Map();
  for (const race of trace.analysis.race_details) {
    for (const each of rows) {
      if (each.access && each.body.variable === race.variable && [race.event1_location, race.event2_location].includes(each.body.location)) racing.set(each.id, race);
    }
  }
  for (const [name, trail] of Object.entries(trace.audit_trails)) {
    for (const access of trail) if (access.is_race && !racing.has(access.event_id)) racing.set(access.event_id, { variable: name });
  }
  const critical = new Map(trace.critical_path.path.map((step) => [step.id, step.duration_ms * 1e6]));
  for (const each of rows) {
    each.race = racing.get(each.id) ?? null;
    each.critical = critical.get(each.id) ?? 0;
  }
}

/** Parents that are not here, and by how much an event stands before its cause in another process. */
function oddities(rows, trace) {
  const known = new Map(rows.map((each) => [each.id, each]));
  const children = new Map();
  for (const each of rows) children.set(each.event.parent_id, (children.get(each.event.parent_id) ?? 0) + 1);
  for (const each of rows) each.forks = (children.get(each.id) ?? 0) > 1;
  let missing = 0;
  let skew = 0;
  for (const each of rows) {
    const id = each.event.parent_id;
    if (!id) continue;
    const parent = known.get(id);
    if (!parent) missing += 1;
    else {
      // A chain of moments stays in one column; what has a length or forks holds what is below it.
      each.depth = Math.min(8, (parent.depth ?? 0) + (parent.length > 0 || parent.forks ? 1 : 0));
      if (parent.service !== each.service) skew = Math.max(skew, parent.start - each.start);
    }
  }
  return { missing: trace.events_truncated ? 0 : missing, skew };
}

/** The same as a table, made when somebody opens it. */
function twin(rows, first) {
  const most = 500;
  const box = h("details", { class: "twin", on: { toggle: () => {
    if (!box.open || box.childElementCount > 1) return;
    box.append(h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Events" }, h("table", {},
      heads("#", "Event", "Service", "Task", "After", "Took"), h("tbody", {}, rows.slice(0, most).map((each, index) => h("tr", {},
        h("td", { class: "number" }, index + 1), h("td", {}, each.race ? h("span", { class: "conflict" }, "✕ ") : null, each.label, each.critical ? " (critical path)" : ""),
        h("td", {}, each.service), h("td", { class: "mono" }, each.thread), h("td", { class: "nowrap" }, duration(each.start - first)), h("td", { class: "number" }, each.length ? duration(each.length) : "")))))));
    if (rows.length > most) box.append(h("p", { class: "quiet" }, `The first ${count(most)} of ${plural(rows.length, "event")}.`));
  } } }, h("summary", {}, "The same as a table"));
  return box;
}

function row(event, place) {
  const [tag, body] = event.kind && typeof event.kind === "object" ? Object.entries(event.kind)[0] ?? ["Event", {}] : [String(event.kind ?? "Event"), {}];
  const meta = event.metadata ?? {};
  const took = Number(meta.duration_ns ?? (body?.duration_ms ?? NaN) * 1e6);
  const ends = tag === "HttpResponse" || tag === "DatabaseResult";
  const at = nanoseconds(event.timestamp);
  return {
    id: event.id, place, tag, body, meta, event, label: labelOf(tag, body ?? {}), service: meta.service_name ?? "", thread: meta.thread_id ?? "",
    start: ends && took > 0 ? at - took : at, length: took > 0 ? took : 0, access: tag === "StateChange",
  };
}

function labelOf(tag, body) {
  const json = (value) => (value === undefined || value === null ? "" : " " + JSON.stringify(value));
  switch (tag) {
    case "HttpRequest": return `${body.method} ${body.url}`;
    case "HttpResponse": return `answer ${body.status}`;
    case "FunctionCall": return `${body.function_name}()`;
    case "StateChange": return `${String(body.access_type ?? "access").toLowerCase()} ${body.variable}${json(body.new_value)}`;
    case "LockAcquire": return `acquire ${body.lock_id}`;
    case "LockRelease": return `release ${body.lock_id}`;
    case "DatabaseQuery": return `query ${body.query}`;
    case "AsyncSpawn": return `spawn ${body.task_id}`;
    case "AsyncAwait": return `await ${body.future_id}`;
    default: return body.name ?? tag;
  }
}

function details(each, trace) {
  const facts = [["Service", each.service], ["Task", each.thread], ["Time", each.event.timestamp], ["Took", each.length ? duration(each.length) : ""],
    ["On the critical path", each.critical ? duration(each.critical) : ""], ["Place", each.body?.location ?? (each.body?.file ? `${each.body.file}:${each.body.line}` : "")],
    ["Locks", (each.event.lock_set ?? []).join(", ")], ["Id", each.id]];
  return [h("h2", {}, each.label), each.race ? h("p", { class: "conflict" }, "✕ ", each.race.race_id ? h("a", { href: hrefOf(`/races/${each.race.race_id}`) }, `race ${each.race.race_id}`) : "racing access") : null,
    h("dl", {}, facts.filter(([, fact]) => fact).map(([name, fact]) => [h("dt", {}, name), h("dd", { class: "mono" }, fact)])),
    each.access ? h("p", {}, link(`/variables/${encodeURIComponent(each.body.variable)}?trace=${trace.trace_id}`, {}, "audit trail")) : null,
    h("details", {}, h("summary", {}, "As sent"), h("pre", {}, JSON.stringify(each.event, null, 1)))];
}
