// Shared variables, and the versions of one: a graph as of commits. A write that was made from an old version is a branch that was never merged.

import { h, heads, link, s, show } from "./dom.js";
import { brief, count, place, plural, short, value } from "./format.js";
import { glyph } from "./races.js";
import { source } from "./source.js";
import { firstRun, load } from "./states.js";

const ROW = 32;

export function variablesPage(container, route) {
  const q = route.query.get("q") ?? "";
  const list = h("div", { class: "list" });
  const search = h("input", { id: "search", type: "search", value: q, placeholder: "name", autocomplete: "off", on: { change: () => route.replace({ q: search.value }) } });
  show(container, h("h1", {}, "Variables"), h("form", { class: "filters", role: "search", on: { submit: (event) => { event.preventDefault(); route.replace({ q: search.value }); } } },
    h("label", { class: "grow" }, h("span", { class: "hidden" }, "Filter"), search)), list);
  return load(list, "the analysis", () => source.variables({ q }), (data) => {
    if (!data.variables.length) return show(list, q ? h("div", { class: "state" }, h("h2", {}, "Nothing matches"), h("p", {}, `No variable has "${q}" in its name. `, h("button", { type: "button", on: { click: () => route.replace({}) } }, "Clear the filter"))) : firstRun());
    const body = h("tbody", {}, data.variables.map(row));
    const more = h("button", { type: "button", class: "more", hidden: !data.next_cursor }, "Show more");
    let cursor = data.next_cursor;
    more.addEventListener("click", async () => {
      more.disabled = true;
      try {
        const page = await source.variables({ q, cursor });
        body.append(...page.variables.map(row));
        cursor = page.next_cursor;
        more.hidden = !cursor;
      } catch (error) {
        more.after(h("p", { role: "alert" }, error.message));
      }
      more.disabled = false;
    });
    return show(list, h("p", { class: "quiet" }, `${plural(data.total, "variable")}, the most used first`), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Variables" }, h("table", {},
      heads("Variable", "Accesses", "Writes", "Tasks", "Traces", "Services", "Races"), body)), more);
  });
}

function row(each) {
  return h("tr", { dataset: { row: "" } }, h("td", { class: "mono" }, link(`/variables/${encodeURIComponent(each.name)}`, { class: "main" }, each.name)),
    [each.accesses, each.writes, each.tasks, each.traces].map((n) => h("td", { class: "number" }, count(n))), h("td", {}, each.services.join(", ")),
    h("td", {}, each.races ? link(`/races?q=${encodeURIComponent(each.name)}`, { class: "conflict" }, `✕ ${plural(each.races, "race")}`) : "–"));
}

export function variablePage(container, route) {
  const name = route.id;
  const service = route.query.get("service") ?? "";
  const list = h("div", { class: "list" });
  document.title = `${name} – Raceway`;
  show(container, h("p", { class: "crumbs" }, link("/variables", {}, "Variables"), " / ", h("span", { class: "mono" }, name)), h("h1", { class: "mono" }, name), list);
  return load(list, "the accesses", async () => {
    const [data, races] = await Promise.all([source.versions(name, service), source.races({ q: name }).catch(() => ({ races: [] }))]);
    return { data, races: races.races.filter((race) => race.object.name === name) };
  }, ({ data, races }) => drawVariable(list, data, races, service, route));
}

function drawVariable(list, data, races, service, route) {
  const rows = withOrigin(data);
  const columns = branches(rows);
  const wide = 16 + 16 * Math.max(0, ...columns.map((each) => each.column));
  const choice = data.services.length > 1 || service ? h("p", { class: "filters" }, "Service ", data.services.map((each) => h("button", { type: "button", "aria-pressed": String(each === service), on: { click: () => route.replace({ service: each === service ? "" : each }) } }, each))) : null;
  return show(list, h("p", { class: "quiet" }, `${plural(data.writes, "write")}, ${plural(data.reads, "read")}, ${plural(data.services.length, "service")}`),
    races.length ? h("ul", { class: "plain" }, races.slice(0, 8).map((race) => h("li", {}, h("span", { title: race.grade }, glyph(race.grade)), " ", link(`/races/${race.id}`, { class: "mono" }, race.id), ` ${brief(race)}`))) : null, choice,
    data.versions.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Versions" }, h("table", { class: "versions" },
      heads("Graph", "Version", "Value", "Made from", "Reads", "Task", "Service", "Place", "Trace"),
      h("tbody", {}, rows.map((version, index) => h("tr", { class: columns[index].skipped ? "bad" : "", dataset: { row: "" } }, h("td", { class: "graph" }, dot(columns, index, wide)), cells(version, columns[index]))))))
      : h("p", { class: "empty" }, "It was only read: there are no versions."),
    data.truncated ? h("p", { class: "notice" }, `The first ${count(data.versions.length)} of ${count(data.writes)} versions.`) : null);
}

function cells(version, { from, skipped }) {
  if (version.origin) return [h("td", {}, "before"), h("td", { class: "mono number" }, value(version.value)), h("td", {}, "–"), h("td", { class: "number" }, count(version.reads)), h("td", { class: "quiet", colspan: 4 }, "The value that the first write replaced; who wrote it is not recorded.")];
  return [h("td", { class: "mono" }, `v${version.version}`), h("td", { class: "mono number" }, value(version.value)),
    h("td", {}, from ? h("span", { class: "mono" }, from) : "–", skipped ? h("span", { class: "note" }, `✕ ${skipped} never merged`) : null),
    h("td", { class: "number" }, count(version.reads)), h("td", { class: "mono" }, version.thread), h("td", {}, version.service), h("td", { class: "mono", title: version.location }, place(version.location)),
    h("td", { class: "mono" }, link(`/traces/${version.trace}?sel=${version.event}`, {}, short(version.trace)))];
}

/** The versions behind the value that the first of them replaced: what has no parent and skips versions was made from it too. */
function withOrigin({ versions, origin }) {
  if (!origin || !versions.length) return versions;
  const rest = versions.map((version, index) => (version.parent === null && (index === 0 || version.skips_versions) ? { ...version, parent: "origin" } : version));
  return [{ origin: true, version: "origin", value: origin.value, parent: null, skips_versions: false, reads: origin.reads }, ...rest];
}

/** The column of each version: a write from the newest version goes on in its column, another one opens the next, up to four. */
function branches(versions) {
  const columns = [];
  const at = new Map(versions.map((version, index) => [version.version, index]));
  versions.forEach((version, index) => {
    const parent = version.parent === null ? -1 : at.get(version.parent) ?? -1;
    const from = parent < 0 ? 0 : columns[parent].column;
    const column = version.skips_versions ? Math.min(4, from + 1 + versions.slice(parent + 1, index).filter((each) => each.parent === version.parent && each.skips_versions).length) : from;
    const name = (each) => (each.origin ? "the value before" : `v${each.version}`);
    columns.push({ column, parent, from: parent < 0 ? "" : name(versions[parent]), skipped: version.skips_versions ? name(versions[index - 1]) : "" });
  });
  return columns;
}

function dot(columns, index, wide) {
  const x = (column) => 10 + 16 * column;
  const { column, parent } = columns[index];
  const lines = [];
  // Every line from a version to one made from it that passes through this row.
  columns.slice(index).forEach((each, offset) => {
    if (each.parent < 0 || each.parent > index) return;
    const [from, to, end] = [x(columns[each.parent].column), x(each.column), index + offset];
    if (each.parent === index && end !== index) lines.push([from === to ? `M${from} 16V${ROW}` : `M${from} 16C${from} ${ROW} ${to} 16 ${to} ${ROW}`, from !== to]);
    else if (each.parent < index && end !== index) lines.push([`M${to} 0V${ROW}`, from !== to]);
    else if (end === index) lines.push([`M${to} 0V16`, from !== to]);
  });
  const lost = columns[index].skipped !== "";
  return s("svg", { width: wide + 12, height: ROW + 1, "aria-hidden": "true" }, lines.slice(0, 12).map(([d, branch]) => s("path", { d, class: branch ? "branch" : "trunk" })),
    s("rect", { x: x(column) - 5, y: 11, width: 10, height: 10, class: lost ? "lost" : parent < 0 && index ? "hollow" : "solid" }));
}
