// Services as a layered map, callers on the left: the same input always gives the same picture.

import { h, heads, link, s, show } from "./dom.js";
import { count, hue, middle } from "./format.js";
import { source } from "./source.js";
import { firstRun, load } from "./states.js";

export function servicesPage(container) {
  const list = h("div", { class: "list" });
  show(container, h("h1", {}, "Services"), list);
  return load(list, "the services", async () => {
    const [services, edges, racy] = await Promise.all([source.services(), source.edges(), source.races({})]);
    return { services: services.services, edges: edges.edges, races: racy.races };
  }, (data) => draw(list, data));
}

function draw(list, { services, edges, races }) {
  if (!services.length) return show(list, firstRun());
  const shared = new Map();
  for (const race of races) {
    const names = [...new Set(race.accesses.map((access) => access.service))];
    if (names.length > 1) shared.set(race.object.name, { names, race });
  }
  return show(list, services.length <= 60 ? h("div", { class: "scroll panel", tabindex: "0", role: "region", "aria-label": "Map of services" }, map(services, edges, shared)) : null,
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Services" }, h("table", {}, heads("Service", "Events", "Traces", "Calls", "Races"),
      h("tbody", {}, services.map((service) => h("tr", { dataset: { row: "" } }, h("td", {}, h("span", { class: `swatch s${hue(service.name)}` }), service.name), h("td", { class: "number" }, count(service.event_count)), h("td", { class: "number" }, count(service.trace_count)),
        h("td", {}, edges.filter((edge) => edge.from_service === service.name).map((edge) => `${edge.to_service} (${count(edge.call_count)})`).join(", ")),
        h("td", {}, link(`/races?service=${encodeURIComponent(service.name)}`, { class: "main" }, `${races.filter((race) => race.accesses.some((access) => access.service === service.name)).length} listed`))))))));
}

/** Columns by longest path from a caller; cycles are cut where they close. */
export function layers(names, edges) {
  const layer = new Map();
  const visiting = new Set();
  const depth = (name) => {
    if (layer.has(name)) return layer.get(name);
    visiting.add(name);
    const callers = edges.filter((edge) => edge.to_service === name && edge.from_service !== name && !visiting.has(edge.from_service));
    const found = callers.length ? 1 + Math.max(...callers.map((edge) => depth(edge.from_service))) : 0;
    visiting.delete(name);
    layer.set(name, found);
    return found;
  };
  names.toSorted().forEach(depth);
  return layer;
}

function map(services, edges, shared) {
  const layer = layers(services.map((service) => service.name), edges);
  const columns = [];
  for (const service of services.toSorted((a, b) => (a.name < b.name ? -1 : 1))) (columns[layer.get(service.name)] ??= []).push(service.name);
  const at = new Map();
  columns.forEach((names, column) => names.forEach((name, index) => at.set(name, [20 + column * 260, 20 + index * 64])));
  const deepest = Math.max(...columns.map((names) => names.length));
  const height = 40 + deepest * 64 + (shared.size ? 70 : 0);
  const width = Math.max(columns.length * 260, shared.size * 220 + 40);
  const lines = edges.filter((edge) => edge.from_service !== edge.to_service && at.has(edge.from_service) && at.has(edge.to_service)).map((edge) => {
    const [[x1, y1], [x2, y2]] = [at.get(edge.from_service), at.get(edge.to_service)];
    return s("path", { d: `M${x1 + 180} ${y1 + 20}C${x1 + 225} ${y1 + 20} ${x2 - 45} ${y2 + 20} ${x2 - 2} ${y2 + 20}`, class: "call", "stroke-width": 1 + Math.log10(1 + edge.call_count), "marker-end": "url(#tip)" },
      s("title", {}, `${edge.from_service} calls ${edge.to_service} ${edge.call_count} times`));
  });
  const nodes = [...at].map(([name, [x, y]]) => s("g", {}, s("rect", { x, y, width: 180, height: 40, rx: 6, class: "service" }), s("rect", { x, y, width: 6, height: 40, class: `fill${hue(name)}` }), s("text", { x: x + 16, y: y + 25, class: "label" }, middle(name, 21), s("title", {}, name))));
  const diamonds = [...shared].slice(0, 12).flatMap(([name, { names }], index) => {
    const [x, y] = [60 + index * 220, height - 40];
    return [...names.filter((service) => at.has(service)).map((service) => s("line", { x1: x, y1: y - 12, x2: at.get(service)[0] + 90, y2: at.get(service)[1] + 40, class: "gap" })),
      s("path", { d: `M${x} ${y - 12}L${x + 12} ${y}L${x} ${y + 12}L${x - 12} ${y}Z`, class: "diamond" }), s("text", { x: x + 18, y: y + 5, class: "label" }, "✕ " + middle(name, 22))];
  });
  return s("svg", { class: "map", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${at.size} services and ${lines.length} call edges; the table below says the same` },
    s("defs", {}, s("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto", markerUnits: "userSpaceOnUse" }, s("path", { d: "M0 0 8 4 0 8z", class: "tip" }))),
    lines, nodes, diamonds);
}
