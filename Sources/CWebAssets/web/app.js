// The frame: pages by address, keys, colours.

import { announce, embedded, h, hrefOf, link, show } from "./dom.js";
import { comparePage } from "./compare.js";
import { healthPage } from "./health.js";
import { ACTIONS, drawSheet, PAGES } from "./keys.js";
import { startLive } from "./live.js";
import { livePage } from "./livepage.js";
import { openPalette } from "./palette.js";
import { racePage } from "./race.js";
import { racesPage } from "./races.js";
import { servicesPage } from "./services.js";
import { drawSession } from "./session.js";
import { onSignedOut } from "./source.js";
import { tracePage, tracesPage } from "./traces.js";
import { variablePage, variablesPage } from "./variables.js";

const main = document.getElementById("main");
let route = null;
let prefix = false;
let leaving = new AbortController();

function address() {
  return embedded ? new URL(location.hash.slice(1) || "/races", "http://report") : new URL(location.href);
}

function go(path, replace) {
  if (embedded) {
    if (replace) history.replaceState(null, "", "#" + path);
    else location.hash = path;
    if (replace) render();
    return;
  }
  history[replace ? "replaceState" : "pushState"](null, "", path);
  render();
}

function render() {
  leaving.abort();
  leaving = new AbortController();
  const url = address();
  const [, page, ...rest] = url.pathname.split("/");
  const decoded = (() => { try { return decodeURIComponent(rest.join("/")); } catch { return rest.join("/"); } })();
  const withQuery = (parts) => {
    const query = new URLSearchParams(Object.entries(parts).filter(([, text]) => text));
    return url.pathname + (query.size ? `?${query}` : "");
  };
  route = {
    id: decoded, query: url.searchParams, go, signal: leaving.signal,
    /** Keys of this page, by the names of `keys.js`. */
    actions: {},
    replace: (parts) => go(withQuery(parts), true),
    /** Notes a selection in the address without drawing again. */
    keep: (parts) => {
      const all = Object.fromEntries(address().searchParams);
      history.replaceState(null, "", hrefOf(withQuery({ ...all, ...parts })));
    },
  };
  const draw = {
    "": racesPage, races: decoded ? racePage : racesPage, traces: decoded ? tracePage : tracesPage,
    variables: decoded ? variablePage : variablesPage, services: servicesPage, live: livePage, health: healthPage, compare: comparePage,
  }[page];
  const section = PAGES.find(([path]) => path === `/${page || "races"}`);
  document.title = `${embedded && section?.[1] === "Races" ? "Findings" : section?.[1] ?? "Not here"} – Raceway`;
  for (const item of document.querySelectorAll("nav a")) {
    if (item.dataset.page === section?.[0]) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
  show(main);
  if (draw && (!embedded || !page || page === "races")) draw(main, route);
  else show(main, h("div", { class: "state" }, h("h1", {}, "Not here"), h("p", {}, "There is no such page. ", link("/races", {}, "All races"))));
}

function frame() {
  const nav = document.querySelector("nav");
  const pages = embedded ? PAGES.slice(0, 1) : PAGES;
  show(nav, pages.map(([path, name]) => link(path, { dataset: { page: path } }, embedded ? "Findings" : name)));
  const theme = document.getElementById("theme");
  const order = ["", "light", "dark"];
  let current = 0;
  try { current = Math.max(0, order.indexOf(localStorage.getItem("raceway-theme") ?? "")); } catch { /* no storage, no memory */ }
  const paint = () => {
    document.documentElement.style.colorScheme = order[current];
    theme.textContent = ["◐ auto", "○ light", "● dark"][current];
  };
  theme.addEventListener("click", () => {
    current = (current + 1) % 3;
    paint();
    try { localStorage.setItem("raceway-theme", order[current]); } catch { /* as above */ }
    window.dispatchEvent(new Event("raceway-colours"));
  });
  paint();
  const sheet = document.getElementById("keys");
  drawSheet(sheet);
  document.getElementById("help").addEventListener("click", () => sheet.showModal());
}

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function step(by) {
  const picture = document.querySelector(".waterfall");
  if (picture) return picture.focus();
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
  const target = next.querySelector("a.main") ?? next;
  if (target === next) next.setAttribute("tabindex", "-1");
  target.focus();
}

/** The table twin of the picture in sight, and back. */
function turnTable() {
  const twin = document.querySelector("details.twin");
  if (!twin) return;
  twin.open = !twin.open;
  if (twin.open) { twin.scrollIntoView({ block: "nearest" }); twin.querySelector("summary").focus(); }
}

const everywhere = {
  g: () => { prefix = true; setTimeout(() => { prefix = false; }, 1500); },
  "?": () => document.getElementById("keys").showModal(),
  "/": () => document.getElementById("search")?.focus(),
  j: () => step(1), k: () => step(-1), t: turnTable,
  Escape: () => route.id && go("/" + address().pathname.split("/")[1]),
  c: () => navigator.clipboard?.writeText(location.href).then(() => announce("Address copied"), () => {}),
};

function keys(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !embedded) {
    event.preventDefault();
    openPalette(document.getElementById("palette"), go);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, dialog")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (prefix) {
    prefix = false;
    const page = PAGES.find(([, , key]) => key === event.key);
    if (page && (!embedded || page[2] === "r")) go(page[0]);
    return;
  }
  if (event.key === " " && event.target.closest("button, summary, a, [role=button]")) return;
  const action = ACTIONS.has(event.key) ? route.actions[event.key] ?? everywhere[event.key] : null;
  if (!action) return;
  event.preventDefault();
  action();
}

document.addEventListener("keydown", keys);
document.addEventListener("click", (event) => {
  const target = event.target.closest?.("a[href]");
  if (embedded || !target || target.origin !== location.origin || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(target.pathname + target.search);
  main.focus();
});
window.addEventListener(embedded ? "hashchange" : "popstate", render);
frame();
render();
startLive();
if (!embedded) {
  const place = document.getElementById("session");
  const session = () => drawSession(place, render);
  onSignedOut(() => show(place));
  window.addEventListener("raceway-session", session);
  session();
}
