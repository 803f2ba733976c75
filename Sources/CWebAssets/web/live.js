// Follows the server: says when something changed and when it is gone, and never moves what is being read.

import { announce, embedded, h, show } from "./dom.js";
import { followEvents } from "./events.js";
import { plural } from "./format.js";
import { supports } from "./source.js";

const listeners = new Set();
let lostAt = 0;
let ticker = 0;
let control = null;
let newest = null;

/** Opens the stream where the server has one; a tab that nobody sees lets go of it. */
export async function startLive() {
  if (embedded || !(await supports("GET /api/live"))) return;
  const sync = () => {
    if (document.hidden) { control?.abort(); control = null; } else connect();
  };
  document.addEventListener("visibilitychange", sync);
  sync();
}

/** Calls `told(kind, data)` for each `snapshot` and `delta`, at once with what is known, until the signal ends it. */
export function listen(told, signal) {
  listeners.add(told);
  signal?.addEventListener("abort", () => listeners.delete(told), { once: true });
  if (newest) told("snapshot", newest);
}

/** A bar that says how many races changed; `onShow` is called when the reader wants to see them. */
export function follow(bar, onShow, signal) {
  let changed = 0;
  let first = true;
  show(bar);
  listen((kind, data) => {
    if (kind === "delta" && !first) changed += data.changed_races?.length ?? 0;
    first = false;
    if (!changed || !bar.isConnected) return;
    show(bar, h("p", { class: "notice" }, `${plural(changed, "race")} new or changed. `, h("button", { type: "button", on: { click: () => { changed = 0; show(bar); onShow(); } } }, "Show")));
    announce(`${changed} races new or changed`);
  }, signal);
}

function connect() {
  if (control) return;
  control = new AbortController();
  followEvents("/api/live", {
    signal: control.signal,
    told: (name, text) => {
      let data = {};
      try { data = JSON.parse(text); } catch { return; }
      if (name !== "snapshot" && name !== "delta") return;
      newest = { ...newest, ...data };
      status(`● live · ${plural(data.events ?? 0, "event")}`, "quiet");
      for (const told of [...listeners]) told(name, data);
    },
    lost: (since, refused) => {
      // The server is there, and the page asks to sign in.
      if (refused) { fresh(); return status("○ signed out", "quiet"); }
      if (lostAt) return;
      lostAt = since;
      ticker = setInterval(stale, 1000);
      stale();
    },
    found: fresh,
  });
}

function fresh() {
  clearInterval(ticker);
  lostAt = 0;
  document.body.classList.remove("stale");
  show(banner());
}

function banner() {
  return document.getElementById("banner");
}

function stale() {
  const seconds = Math.round((Date.now() - lostAt) / 1000);
  status("○ disconnected", "conflict");
  document.body.classList.add("stale");
  show(banner(), h("p", { class: "notice" }, `Disconnected for ${seconds} s, retrying. What is shown may be old.`));
}

function status(text, kind) {
  const element = document.getElementById("status");
  if (element) Object.assign(element, { textContent: text, className: kind });
}
