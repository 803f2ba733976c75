// Two traces side by side: their steps aligned service by service, and how long each took.

import { h, heads, link, show } from "./dom.js";
import { ago, count, duration, plural, short } from "./format.js";
import { source } from "./source.js";
import { load } from "./states.js";

const GUTTER = { same: "=", only_a: "−", only_b: "+" };
const SAID = { same: "in both", only_a: "only in A", only_b: "only in B" };

export function comparePage(container, route) {
  const [a, b] = route.id.split("...");
  document.title = "Compare – Raceway";
  if (!a || !b) return choose(container, route, a ?? "");
  const status = route.query.get("status") ?? "";
  const list = h("div", { class: "list" });
  show(container, h("p", { class: "crumbs" }, link("/traces", {}, "Traces"), " / ", link(`/traces/${a}`, { class: "mono" }, short(a)), " / compare"), h("h1", {}, "Compare two traces"), list);
  return load(list, "the comparison", () => source.compare(a, b, status), (data) => draw(list, data, route, status));
}

function milliseconds(value) {
  return value === null || value === undefined ? "" : duration(value * 1e6);
}

function difference(value) {
  if (value === null || value === undefined || Math.abs(value) < 0.0005) return "";
  return (value > 0 ? "+" : "−") + duration(Math.abs(value) * 1e6);
}

function draw(list, data, route, status) {
  const { a, b } = data;
  const side = (letter, trace) => h("section", { class: "panel", "aria-labelledby": `side-${letter}` },
    h("h2", { id: `side-${letter}` }, `${letter} `, link(`/traces/${trace.trace_id}`, { class: "mono" }, trace.trace_id)),
    h("dl", {}, [["Events", count(trace.events)], ["Took", milliseconds(trace.duration_ms)], ["Critical path", milliseconds(trace.critical_path_ms)], ["Services", trace.services.join(", ")]]
      .map(([name, fact]) => [h("dt", {}, name), h("dd", {}, fact)]), h("dt", {}, "Races"),
    h("dd", {}, trace.races.length ? trace.races.slice(0, 12).map((id) => [link(`/races/${id}`, { class: "mono" }, id), trace === a && !b.races.includes(id) || trace === b && !a.races.includes(id) ? " (only here) " : " "]) : "none listed")));
  const button = (name) => h("button", { type: "button", "aria-pressed": String(status === name), on: { click: () => route.replace({ status: status === name ? "" : name }) } }, `${GUTTER[name]} ${count(data[name])} ${SAID[name]}`);
  const omitted = data.omitted_a + data.omitted_b;
  return show(list, h("div", { class: "columns even" }, side("A", a), side("B", b)),
    h("p", { class: "filters" }, button("same"), button("only_a"), button("only_b"), h("span", {}, Math.abs(data.difference_ms) < 0.0005 ? "both took the same time" : `B took ${duration(Math.abs(data.difference_ms) * 1e6)} ${data.difference_ms > 0 ? "longer" : "less"}`),
      h("button", { type: "button", on: { click: () => route.go(`/compare/${b.trace_id}...${a.trace_id}`) } }, "Swap")),
    data.steps.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Steps" }, h("table", { class: "compare" }, heads("", "Service", "Step", "A", "B", "Difference"),
      h("tbody", {}, data.steps.map((step, index) => h("tr", { class: step.status, dataset: { row: "" } },
        h("td", { class: "glyph", title: SAID[step.status] }, GUTTER[step.status], h("span", { class: "hidden" }, SAID[step.status])),
        h("td", {}, index && data.steps[index - 1].service === step.service ? "" : step.service), h("td", { class: "mono" }, step.name),
        time(a.trace_id, step.event_a, step.duration_a_ms), time(b.trace_id, step.event_b, step.duration_b_ms),
        h("td", { class: `number ${Math.abs(step.difference_ms ?? 0) > 1 ? "conflict" : ""}` }, difference(step.difference_ms))))))) : h("p", { class: "empty" }, "No step of this kind."),
    data.steps_total > data.steps.length ? h("p", { class: "notice" }, `The first ${count(data.steps.length)} of ${count(data.steps_total)} steps; choose one kind above to see fewer.`) : null,
    omitted ? h("p", { class: "notice" }, `${plural(omitted, "event")} of long services are not aligned.`) : null);
}

function time(trace, event, took) {
  return h("td", { class: "number" }, event ? link(`/traces/${trace}?sel=${event}`, {}, milliseconds(took) || "open") : "");
}

/** Which two? The first is often known. */
function choose(container, route, a) {
  const list = h("div", { class: "list" });
  const first = h("input", { id: "search", type: "search", value: a, autocomplete: "off", placeholder: "trace id" });
  const second = h("input", { type: "search", autocomplete: "off", placeholder: "trace id" });
  show(container, h("h1", {}, "Compare two traces"), h("form", { class: "filters", on: { submit: (event) => {
    event.preventDefault();
    if (first.value.trim() && second.value.trim()) route.go(`/compare/${first.value.trim()}...${second.value.trim()}`);
  } } }, h("label", { class: "grow" }, "A ", first), h("label", { class: "grow" }, "B ", second), h("button", {}, "Compare")), list);
  return load(list, "the traces", () => source.traces(1), ({ traces }) => show(list, h("h2", {}, a ? "Compare it with" : "Newest traces"),
    h("ul", { class: "plain" }, traces.filter((trace) => trace.trace_id !== a).map((trace) => h("li", { dataset: { row: "" } },
      link(a ? `/compare/${a}...${trace.trace_id}` : `/compare/${trace.trace_id}...`, { class: "main mono" }, trace.trace_id), ` ${plural(trace.event_count, "event")}, ${trace.services.join(", ")}, ${ago(trace.last_timestamp)}`))),
    traces.length < 2 ? h("p", { class: "quiet" }, "There is no second trace yet.") : null));
}
