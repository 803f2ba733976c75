// Services as a layered map, callers on the left: the same input always gives the same picture. Diamonds are objects that several share.

import { h, heads, link, s, show } from "./dom.js";
import { count, hues, middle } from "./format.js";
import { source } from "./source.js";
import { firstRun, load } from "./states.js";

const [WIDE, HIGH, ACROSS, DOWN] = [180, 40, 260, 64];
const MAPPED = 60;

export function servicesPage(container, route) {
  const list = h("div", { class: "list" });
  show(container, h("h1", {}, "Services"), list);
  return load(list, "the services", () => source.graph(), (graph) => draw(list, graph, route));
}

function draw(list, graph, route) {
  const services = graph.nodes.filter((node) => node.kind === "service");
  if (!services.length) return show(list, firstRun());
  const name = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const calls = (id) => graph.edges.filter((edge) => edge.from === id && edge.kind === "call").map((edge) => `${name.get(edge.to)} (${count(edge.calls)})`).join(", ");
  const shares = (id) => graph.edges.filter((edge) => edge.from === id && edge.kind === "access").map((edge) => name.get(edge.to)).slice(0, 6).join(", ");
  const chosen = route.query.get("sel");
  const hue = hues(services.map((node) => node.name));
  const part = graph.nodes.length <= MAPPED ? graph : around(graph, chosen ?? services.toSorted((a, b) => b.events - a.events)[0].id);
  return show(list, graph.nodes.length > MAPPED ? h("p", { class: "notice" }, `${count(graph.nodes.length)} services and shared objects are too many for one picture: this is what surrounds ${name.get(part.centre)}. Choose another below.`) : null,
    h("div", { class: "scroll panel", tabindex: "0", role: "region", "aria-label": "Map of services" }, map(part, hue)),
    h("p", { class: "key" }, h("span", {}, "→ calls, the thicker the more"), h("span", {}, "◇ object that several services share"), h("span", { class: "conflict" }, "┄ a race is known on it")),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Services" }, h("table", {}, heads("Service", "Events", "Traces", "Errors", "Calls", "Shares", "Races"),
      h("tbody", {}, services.map((node) => h("tr", { dataset: { row: "" } }, h("td", {}, h("span", { class: `swatch s${hue.get(node.name)}` }),
        graph.nodes.length > MAPPED ? h("button", { type: "button", on: { click: () => route.replace({ sel: node.id }) } }, node.name || "no name") : node.name || "no name"),
      [node.events, node.traces, node.errors].map((n) => h("td", { class: "number" }, count(n))), h("td", {}, calls(node.id)), h("td", { class: "mono" }, shares(node.id)),
      h("td", {}, link(`/races?service=${encodeURIComponent(node.name)}`, { class: node.races ? "main conflict" : "main" }, node.races ? `✕ ${count(node.races)} listed` : "none listed"))))))),
    graph.omitted ? h("p", { class: "notice" }, `${count(graph.omitted)} more are not listed.`) : null);
}

/** A node with its neighbours, layers kept. */
function around(graph, centre) {
  const near = new Set([centre, ...graph.edges.filter((edge) => edge.from === centre || edge.to === centre).flatMap((edge) => [edge.from, edge.to])].slice(0, MAPPED));
  return { centre, nodes: graph.nodes.filter((node) => near.has(node.id)), edges: graph.edges.filter((edge) => near.has(edge.from) && near.has(edge.to)) };
}

function map({ nodes, edges }, hue) {
  const used = [...new Set(nodes.map((node) => node.layer))].sort((a, b) => a - b);
  const at = new Map();
  let deepest = 1;
  used.forEach((layer, column) => {
    const names = nodes.filter((node) => node.layer === layer).toSorted((a, b) => a.place - b.place);
    deepest = Math.max(deepest, names.length);
    names.forEach((node, index) => at.set(node.id, { x: 20 + column * ACROSS, y: 20 + index * DOWN, node }));
  });
  const [width, height] = [used.length * ACROSS, 20 + deepest * DOWN];
  const right = ({ x, node }) => x + (node.kind === "service" ? WIDE : 24);
  const lines = edges.filter((edge) => edge.from !== edge.to).map((edge) => {
    const [from, to] = [at.get(edge.from), at.get(edge.to)];
    if (!from || !to) return null;
    const races = edge.kind === "access" && to.node.races;
    const [x1, y1, x2, y2] = [right(from), from.y + HIGH / 2, to.x, to.y + HIGH / 2];
    const bend = Math.max(30, Math.abs(x2 - x1) / 2);
    const arrow = { class: edge.kind === "call" ? "call" : `share ${races ? "racing" : ""}`, "stroke-width": edge.kind === "call" ? 1 + Math.log10(1 + edge.calls) : races ? 3 : 1.5, "marker-end": edge.kind === "call" ? "url(#tip)" : null };
    return s("path", { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 2} ${y2}`, ...arrow }, s("title", {}, edge.kind === "call" ? `${from.node.name} calls ${to.node.name} ${edge.calls} times` : `${from.node.name} uses ${to.node.name}`));
  });
  const marks = [...at.values()].map(({ x, y, node }) => node.kind === "service"
    ? s("g", {}, s("rect", { x, y, width: WIDE, height: HIGH, rx: 6, class: "service" }), s("rect", { x, y: y + 1, width: 6, height: HIGH - 2, class: `fill${hue.get(node.name)}` }), s("text", { x: x + 16, y: y + 25, class: "label" }, middle(node.name || "no name", 21)), s("title", {}, node.name))
    : s("g", {}, s("path", { d: `M${x} ${y + 20}L${x + 12} ${y + 8}L${x + 24} ${y + 20}L${x + 12} ${y + 32}Z`, class: `diamond ${node.races ? "racing" : ""}` }), s("text", { x: x + 30, y: y + 25, class: "label" }, (node.races ? "✕ " : "") + middle(node.name, 22)), s("title", {}, node.name)));
  return s("svg", { class: "map", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${nodes.length} services and shared objects with ${edges.length} edges; the table below says the same` },
    s("defs", {}, s("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto", markerUnits: "userSpaceOnUse" }, s("path", { d: "M0 0 8 4 0 8z", class: "tip" }))),
    lines, marks);
}
