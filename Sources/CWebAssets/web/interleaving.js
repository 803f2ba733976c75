// What the accesses did to the value, step by step, in three orders.

import { h, show } from "./dom.js";
import { plural, value } from "./format.js";

const NAMES = { observed: "Observed", other: "Other order", fixed: "With fix" };

/** Tabs over the tables; the observed order is open. */
export function interleavings(view, chosen, onChoice) {
  const all = view.interleavings;
  if (!all.length) return h("p", { class: "empty" }, "Values and steps are not known for this race.");
  const panel = h("div", { id: "steps", role: "tabpanel", tabindex: "0" });
  const tabs = all.map((each, index) => h("button", {
    type: "button", role: "tab", id: `tab-${each.name}`, "aria-controls": "steps",
    on: { click: () => open(index, false) },
  }, NAMES[each.name] ?? each.name));
  let current = Math.max(0, all.findIndex((each) => each.name === chosen));
  function open(index, focus) {
    current = (index + all.length) % all.length;
    tabs.forEach((tab, number) => {
      tab.setAttribute("aria-selected", String(number === current));
      tab.setAttribute("tabindex", number === current ? "0" : "-1");
    });
    panel.setAttribute("aria-labelledby", tabs[current].id);
    show(panel, table(all[current]));
    if (focus) tabs[current].focus();
    onChoice?.(all[current].name);
  }
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": "Order of the steps", on: {
    keydown: (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { event.preventDefault(); open(current + step, true); }
    },
  } }, tabs);
  open(current, false);
  const box = h("div", { class: "interleavings" }, list, panel);
  box.turn = (step) => open(current + step, false);
  return box;
}

function mark(number) {
  return number === 1 ? "① " : number === 2 ? "② " : "";
}

function table(told) {
  const head = h("tr", {}, h("th", { scope: "col" }, "#"),
    told.actors.map((actor) => h("th", { scope: "col", class: `role${actor.role}`, title: actor.label }, mark(actor.role) + actor.letter)),
    h("th", { scope: "col", class: "number" }, "Value"), h("td", {}));
  const rows = told.steps.map((step, index) => h("tr", { class: `${step.note ? "bad" : ""} mark${step.mark}` },
    h("td", { class: "number quiet" }, index + 1),
    told.actors.map((actor, number) => {
      if (number !== step.actor) return h("td", {});
      return h("td", { class: `role${actor.role}` }, `${step.kind} ${step.value === null ? "" : value(step.value)}`);
    }),
    h("td", { class: "number value" }, value(step.after)),
    h("td", { class: "why" }, step.note ? h("span", { class: "note" }, told.name === "observed" ? "✕ " : "", step.note) : null)));
  return [
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Steps" }, h("table", { class: "steps" }, h("thead", {}, head), h("tbody", {}, rows))),
    h("p", { class: `ending ${told.name}` }, told.ending, told.actors_left_out ? ` (and ${plural(told.actors_left_out, "more task")})` : ""),
    h("p", { class: "actors" }, told.actors.map((actor) => h("span", { class: `role${actor.role}` }, h("b", {}, actor.letter), " ", actor.label))),
  ];
}
