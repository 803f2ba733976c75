// The space-time slice of a race: a column a task, a row an event, arrows for order, and the order that is missing.

import { announce, h, heads, link, s } from "./dom.js";
import { middle } from "./format.js";

const ROW = 34;
const HEAD = 58;

/** The picture and its table twin. `view` comes from the server, positions are all that is decided here. */
export function slice(view, whole) {
  if (!view.events.length) {
    return h("p", { class: "empty" }, "The events of this race are no longer stored, so there is nothing to draw.");
  }
  const lanes = view.lanes.length;
  const width = Math.max(170, Math.min(290, Math.floor(740 / lanes)));
  const x = (lane) => 22 + lane * width;
  const y = (row) => HEAD + 12 + row * ROW;
  const bottom = y(view.events.length);
  const picture = s("svg", {
    class: "slice", viewBox: `0 0 ${lanes * width + 8} ${bottom + 10}`, width: lanes * width + 8, height: bottom + 10,
    role: "group", "aria-label": `Order of ${view.events.length} events in ${lanes} tasks`,
  });
  picture.append(markers());
  const windows = s("g", { class: "windows" });
  picture.append(windows);
  view.lanes.forEach((lane, index) => picture.append(...column(lane, x(index), y, bottom, width)));
  for (const fold of view.folds) picture.append(folded(fold, x, y));
  for (const edge of view.edges) picture.append(...arrow(edge, view, x, y));
  const missing = gap(view, x, y);
  if (missing) picture.append(...missing);
  const nodes = view.events.map((event, row) => node(event, row, view, x, y, width));
  picture.append(...nodes);

  let selected = view.missing.second ?? 0;
  const select = (row, focus) => {
    nodes[selected]?.setAttribute("tabindex", "-1");
    nodes[selected]?.classList.remove("selected");
    selected = row;
    nodes[row].setAttribute("tabindex", "0");
    nodes[row].classList.add("selected");
    windows.replaceChildren(...concurrency(view, row, x, y, bottom, width));
    if (focus) {
      nodes[row].focus();
      announce(`${view.events[row].label}, ${view.lanes[view.events[row].lane].label}`);
    }
  };
  nodes.forEach((element, row) => element.addEventListener("click", () => select(row, true)));
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    select(Math.max(0, Math.min(nodes.length - 1, selected + step)), true);
  });
  select(selected, false);
  const folds = view.folds.reduce((sum, fold) => sum + fold.count, 0);
  const left = [view.lanes_left_out ? `+${view.lanes_left_out} tasks` : "", folds ? `+${folds} events` : ""].filter(Boolean);
  return [
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Picture of the order of events" }, picture),
    h("p", { class: "key" },
      h("span", {}, "○ read"), h("span", {}, "■ write"), h("span", {}, "▮ lock"),
      h("span", {}, "→ order"), h("span", { class: "conflict" }, "┄ ✕ no order"),
      h("span", {}, "▨ may run before or after the selected event"), left.length ? h("span", {}, `${left.join(", ")} folded`, whole ? [" – ", link(whole, {}, "open the trace")] : "") : null),
    twin(view),
  ];
}

function markers() {
  return s("defs", {},
    s("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" },
      s("path", { d: "M0 0 8 4 0 8z", class: "tip" })),
    s("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      s("rect", { width: 2, height: 6, class: "hatch" })));
}

function column(lane, x, y, bottom, width) {
  const role = lane.role ? ` role${lane.role}` : "";
  const mark = lane.role === 1 ? "① " : lane.role === 2 ? "② " : "";
  return [
    s("text", { x: x - 14, y: 20, class: "lane" + role }, mark + middle(lane.label, Math.floor(width / 7.4) - 3), s("title", {}, lane.label)),
    s("text", { x: x - 14, y: 38, class: "sub" }, middle([lane.service, lane.trace.slice(0, 8)].filter(Boolean).join(" · "), Math.floor(width / 7) - 2)),
    s("line", { x1: x, x2: x, y1: HEAD - 8, y2: bottom, class: "life" + role }),
  ];
}

function folded(fold, x, y) {
  const at = y(fold.before) - ROW / 2;
  return s("text", { x: x(fold.lane) + 10, y: at + 4, class: "fold" }, `⋯ ${fold.count}`,
    s("title", {}, `${fold.count} events not shown`));
}

function arrow(edge, view, x, y) {
  const from = view.events[edge.from];
  const to = view.events[edge.to];
  const [x1, y1, x2, y2] = [x(from.lane), y(edge.from), x(to.lane), y(edge.to)];
  // A row has one event, whose label stands to its right: going right an edge arrives along its row, going left it leaves along it.
  const right = x2 > x1;
  const d = right ? `M${x1} ${y1 + 9}Q${x1} ${y2} ${x2 - 9} ${y2}` : `M${x1 - 9} ${y1}Q${x2} ${y1} ${x2} ${y2 - 10}`;
  const parts = [s("path", { d, class: `edge ${edge.kind}`, "marker-end": "url(#tip)" },
    s("title", {}, `${from.label} comes before ${to.label}`))];
  if (edge.label) parts.push(s("text", { x: (x1 + x2) / 2 + (right ? 10 : -10), y: (right ? y2 : y1) - 5, class: "edgelabel" }, middle(edge.label, 16)));
  return parts;
}

function gap(view, x, y) {
  const { first, second, label } = view.missing;
  if (first === null || second === null) return null;
  const [a, b] = [view.events[first], view.events[second]];
  if (a.lane === b.lane) return null;
  const direction = x(b.lane) > x(a.lane) ? 1 : -1;
  const [x1, y1, x2, y2] = [x(a.lane), y(first) + 11, x(b.lane) - 11 * direction, y(second)];
  const text = `✕ ${label}`;
  const [cx, cy] = [x2 - direction * (10 + text.length * 3.8), y2 + 19];
  return [
    // Around the label of the first access, not through it.
    s("path", { d: `M${x1} ${y1}Q${x1} ${y2} ${x2} ${y2}`, class: "gap" }),
    s("rect", { x: cx - text.length * 3.7 - 6, y: cy - 10, width: text.length * 7.4 + 12, height: 20, rx: 10, class: "gappill" }),
    s("text", { x: cx, y: cy + 4, class: "gaplabel" }, text),
  ];
}

function node(event, row, view, x, y, width) {
  const role = event.mark || view.lanes[event.lane].role;
  const [cx, cy] = [x(event.lane), y(row)];
  const mark = event.mark === 1 ? "① " : event.mark === 2 ? "② " : "";
  const shapes = {
    read: () => s("circle", { cx, cy, r: 6.5, class: "shape hollow" }),
    write: () => s("rect", { x: cx - 6.5, y: cy - 6.5, width: 13, height: 13, class: "shape solid" }),
    lock: () => s("rect", { x: cx - 4, y: cy - 9, width: 8, height: 18, class: "shape solid grey" }),
    unlock: () => s("rect", { x: cx - 4, y: cy - 9, width: 8, height: 18, class: "shape hollow grey" }),
  };
  const shape = (shapes[event.shape] ?? (() => s("circle", { cx, cy, r: 4.5, class: "shape hollow grey" })))();
  const where = event.location ? `, ${event.location}` : "";
  return s("g", { class: `node role${role} mark${event.mark}`, role: "button", tabindex: "-1", "aria-label": `${mark}${event.label}, ${view.lanes[event.lane].label}${where}` },
    s("rect", { x: cx - 14, y: cy - 14, width: width - 10, height: 28, rx: 6, class: "hit" }), shape,
    s("text", { x: cx + 14, y: cy + 4.5, class: "label" }, mark + middle(event.label, Math.floor((width - 34) / 7.3))),
    s("title", {}, [event.label, event.location, event.time ? `${event.time} (clocks of different machines differ)` : ""].filter(Boolean).join("\n")));
}

/** In every other lane the stretch between the last event known to be before the selected one and the first known to be after. */
function concurrency(view, row, x, y, bottom, width) {
  const event = view.events[row];
  return view.lanes.flatMap((lane, index) => {
    if (index === event.lane) return [];
    const top = event.past[index] < 0 ? HEAD - 6 : y(event.past[index]) + 12;
    const end = event.future[index] >= view.events.length ? bottom : y(event.future[index]) - 12;
    return end <= top ? [] : [s("rect", { x: x(index) - 8, y: top, width: 16, height: end - top, class: "window", fill: "url(#hatch)" })];
  });
}

function twin(view) {
  const after = (row) => view.edges.filter((edge) => edge.to === row).map((edge) => edge.from + 1).join(", ");
  return h("details", { class: "twin" }, h("summary", {}, "The same as a table"),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Events in causal order" }, h("table", {},
      heads("#", "Task", "Event", "After", "Place"),
      h("tbody", {}, view.events.map((event, row) => h("tr", { class: event.mark ? `mark${event.mark}` : "" },
        h("td", { class: "number" }, row + 1), h("td", {}, view.lanes[event.lane].label),
        h("td", {}, (event.mark === 1 ? "① " : event.mark === 2 ? "② " : "") + event.label),
        h("td", {}, after(row)), h("td", { class: "mono" }, event.location)))))));
}
