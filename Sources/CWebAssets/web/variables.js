// Shared variables, and the versions of one: each write makes a version, each read shows which one it saw.

import { h, heads, link, s, show } from "./dom.js";
import { count, place, plural, short, value } from "./format.js";
import { source } from "./source.js";
import { firstRun, load } from "./states.js";

export function variablesPage(container) {
  const list = h("div", { class: "list" });
  show(container, h("h1", {}, "Variables"), h("p", { class: "quiet" }, "Objects with a race, then the most used."), list);
  return load(list, "the analysis", async () => {
    const [racy, hot] = await Promise.all([source.racyVariables(), source.hotspots()]);
    return { racy: racy.races, hot: hot.top_variables.filter((each) => !racy.races.some((race) => race.variable === each.variable)) };
  }, ({ racy, hot }) => {
    if (!racy.length && !hot.length) return show(list, firstRun());
    const rows = [
      ...racy.map((each) => [`✕ ${each.grade ?? ""}`, each.variable, each.access_count, each.trace_ids.length, each.trace_ids[0], each.race_ids ?? []]),
      ...hot.map((each) => ["", each.variable, each.access_count, each.trace_count, null, []]),
    ];
    return show(list, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Variables" }, h("table", {},
      heads("", "Variable", "Accesses", "Traces", "Races"),
      h("tbody", {}, rows.map(([mark, name, accesses, traces, trace, races]) => h("tr", { dataset: { row: "" } },
        h("td", { class: "conflict nowrap" }, mark), h("td", { class: "mono" }, trace ? link(`/variables/${encodeURIComponent(name)}?trace=${trace}`, { class: "main" }, name) : name),
        h("td", { class: "number" }, count(accesses)), h("td", { class: "number" }, count(traces)),
        h("td", {}, races.slice(0, 4).map((id) => [link(`/races/${id}`, { class: "mono" }, id), " "]))))))));
  });
}

export function variablePage(container, route) {
  const name = route.id;
  const trace = route.query.get("trace");
  document.title = `${name} – Raceway`;
  const list = h("div", { class: "list" });
  show(container, h("p", { class: "crumbs" }, link("/variables", {}, "Variables"), " / ", h("span", { class: "mono" }, name)), h("h1", { class: "mono" }, name), list);
  return load(list, "the accesses", async () => {
    const racy = (await source.racyVariables()).races.find((each) => each.variable === name);
    const traces = [...new Set([...(trace ? [trace] : []), ...(racy?.trace_ids ?? [])])].slice(0, 12);
    const trails = await Promise.all(traces.map((id) => source.trail(id, name).catch(() => null)));
    const accesses = trails.flatMap((trail, index) => (trail?.accesses ?? []).map((access) => ({ ...access, trace: traces[index] })));
    accesses.sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
    return { accesses, racy, traces };
  }, (data) => drawVariable(list, data));
}

function drawVariable(list, { accesses, racy, traces }) {
  if (!accesses.length) return show(list, h("div", { class: "state" }, h("h2", {}, "No accesses to show"), h("p", {}, "Open a variable from a race or from a trace."), h("p", {}, link("/variables", {}, "All variables"))));
  const told = versions(accesses, racy?.grade === "manifested");
  return show(list, h("p", { class: "quiet" }, `${plural(accesses.length, "access", "accesses")} in ${plural(traces.length, "trace")}`,
    racy ? [" · ", (racy.race_ids ?? []).map((id) => [link(`/races/${id}`, { class: "mono" }, id), " "])] : null),
  h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Versions" }, h("table", { class: "versions" },
    heads("Graph", "Version", "Value", "Access", "Based on", "Task", "Place", "Trace"),
    h("tbody", {}, told.map((step) => h("tr", { class: step.lost ? "bad" : "" }, h("td", { class: "graph" }, dot(step)),
      h("td", { class: "mono" }, step.version ? `v${step.version}` : ""), h("td", { class: "mono number" }, value(step.value)),
      h("td", {}, step.write ? "write" : "read", step.lost ? h("span", { class: "note" }, `✕ v${step.lost} never merged`) : step.access.is_race ? h("span", { class: "note" }, "✕ races") : null),
      h("td", { class: "mono" }, step.base ? `v${step.base}` : ""), h("td", {}, step.access.thread_id), h("td", { class: "mono", title: step.access.location }, place(step.access.location)),
      h("td", { class: "mono" }, link(`/traces/${step.access.trace}?sel=${step.access.event_id}`, {}, short(step.access.trace)))))))));
}

/** Versions by value; where values prove damage, a write that did not start from the newest one is a branch that was never merged. */
export function versions(accesses, proven) {
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const known = [];
  const looked = new Map();
  const newest = (json) => { for (let at = known.length - 1; at >= 0; at -= 1) if (same(known[at], json)) return at + 1; return 0; };
  return accesses.map((access) => {
    const write = access.access_type !== "Read" && access.access_type !== "AtomicRead";
    const actor = `${access.thread_id} ${access.trace}`;
    if (!write) {
      const saw = access.new_value ?? access.old_value ?? null;
      if (saw !== null && !newest(saw)) known.push(saw);
      const base = newest(saw);
      looked.set(actor, base);
      return { access, write, value: saw, base, version: 0, lost: 0 };
    }
    if (!known.length && access.old_value !== null) known.push(access.old_value);
    const base = looked.get(actor) ?? newest(access.old_value ?? null);
    const lost = base && base < known.length && (proven || access.is_race) ? known.length : 0;
    known.push(access.new_value);
    looked.set(actor, known.length);
    return { access, write, value: access.new_value, base, version: known.length, lost };
  });
}

function dot(step) {
  const x = step.lost ? 26 : 10;
  return s("svg", { width: 40, height: 33, "aria-hidden": "true" }, s("line", { x1: 10, x2: 10, y1: 0, y2: 33, class: "life" }),
    step.lost ? s("path", { d: `M10 0C10 10 ${x} 6 ${x} 16`, class: "branch" }) : null,
    step.write ? s("rect", { x: x - 5, y: 11, width: 10, height: 10, class: step.lost ? "lost" : "solid" }) : s("circle", { cx: x, cy: 16, r: 4.5, class: "hollow" }));
}
