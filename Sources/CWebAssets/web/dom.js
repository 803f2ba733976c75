// Elements. Names and values of traces are hostile: they get into the page as text nodes and attributes only, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [type, handler] of Object.entries(value)) element.addEventListener(type, handler);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, String(value));
  }
  for (const child of children.flat(3)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** An HTML element; `on` holds listeners. */
export function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function s(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Replaces what a container holds. */
export function show(container, ...children) {
  container.replaceChildren(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false));
  return container;
}

/** A link of this page. */
export function link(path, attributes, ...children) {
  return h("a", { ...attributes, href: hrefOf(path) }, ...children);
}

/** The address of a path: the report is one file, so its paths follow the hash sign. */
export function hrefOf(path) {
  return embedded ? "#" + path : path;
}

/** What the report file carries; null in a page of the server. */
export const embedded = (() => {
  const data = document.getElementById("report");
  return data ? JSON.parse(data.textContent) : null;
})();

/** Says something to screen readers. */
export function announce(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

const NUMBERS = new Set(["#", "Accesses", "Events", "Seen", "Took", "Traces", "Value", "A", "B", "Difference", "Requests", "Refused", "Failed", "p50", "p95", "p99",
  "Values", "Locks", "Messages", "Tasks", "Parents missing", "Writes", "Reads", "Errors"]);

/** The head of a table; the empty name is the column of the evidence's glyph. */
export function heads(...names) {
  return h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col", class: NUMBERS.has(name) ? "number" : null }, name || h("span", { class: "hidden" }, "Evidence")))));
}
