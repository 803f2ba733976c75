// The list of commands (Ctrl K): pages, ids, variables and services by name.

import { h, show } from "./dom.js";
import { brief } from "./format.js";
import { PAGES } from "./keys.js";
import { source } from "./source.js";

const MOST = 12;

/** Opens the list; `go` is called with a path. */
export function openPalette(dialog, go) {
  const input = h("input", { type: "search", "aria-label": "Go to", placeholder: "page, trace id, race id, variable, service", autocomplete: "off", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list" });
  const list = h("ul", { id: "palette-list", role: "listbox", "aria-label": "Where to go" });
  let found = [];
  let at = 0;
  let asked = 0;

  function draw() {
    show(list, found.map(([path, name, kind], index) => h("li", { role: "option", id: `palette-${index}`, "aria-selected": String(index === at), on: { click: () => leave(path) } }, h("span", { class: "quiet" }, kind), " ", name)),
      found.length ? null : h("li", { class: "quiet", role: "option", "aria-selected": "false" }, "Nothing by this name"));
    if (found.length) input.setAttribute("aria-activedescendant", `palette-${at}`);
  }

  function leave(path) {
    dialog.close();
    go(path);
  }

  async function look() {
    const text = input.value.trim();
    const number = (asked += 1);
    const pages = PAGES.filter(([, name]) => name.toLowerCase().includes(text.toLowerCase())).map(([path, name]) => [path, name, "page"]);
    found = text ? [...ids(text), ...pages] : pages;
    at = 0;
    draw();
    if (text.length < 2) return;
    const [variables, races] = await Promise.all([source.variables({ q: text }).catch(() => ({ variables: [] })), source.races({ q: text }).catch(() => ({ races: [] }))]);
    if (number !== asked) return;
    const services = new Set([...variables.variables.flatMap((each) => each.services), ...races.races.flatMap((race) => race.accesses.map((access) => access.service))].filter((name) => name.toLowerCase().includes(text.toLowerCase())));
    found = [...found, ...races.races.slice(0, 5).map((race) => [`/races/${race.id}`, brief(race), race.id]), ...variables.variables.slice(0, 5).map(({ name }) => [`/variables/${encodeURIComponent(name)}`, name, "variable"]),
      ...[...services].slice(0, 3).map((name) => [`/races?service=${encodeURIComponent(name)}`, name, "races of service"])].slice(0, MOST);
    draw();
  }

  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) { event.preventDefault(); at = (at + step + found.length) % found.length; draw(); }
    if (event.key === "Enter") { event.preventDefault(); if (found[at]) leave(found[at][0]); }
  });
  show(dialog, input, list);
  dialog.showModal();
  input.focus();
  look();
}

function ids(text) {
  if (/^r-[0-9a-f]{1,8}$/i.test(text)) return [[`/races/${text}`, text, "race"]];
  if (/^([0-9a-f]{32}|[0-9a-f-]{36})$/i.test(text)) return [[`/traces/${text}`, text, "trace"]];
  const pair = /^([0-9a-f-]{32,36})\.\.\.([0-9a-f-]{32,36})$/i.exec(text);
  return pair ? [[`/compare/${text}`, text, "compare"]] : [];
}
