// Follows the server where it offers that: says when something changed and when it is gone, and never moves what is being read.

import { embedded, h, show, announce } from "./dom.js";
import { plural } from "./format.js";
import { hasKey, supports } from "./source.js";

let stream = null;
let listener = null;
let lostAt = 0;
let timer = 0;

/** Calls `onShow` when the reader wants to see what changed; one follower at a time, the last page that asked. */
export async function follow(bar, onShow) {
  listener = null;
  show(bar);
  if (embedded || hasKey() || !("EventSource" in window) || !(await supports("GET /api/live"))) return;
  let changed = 0;
  listener = (kind, data) => {
    if (!bar.isConnected) return;
    if (kind === "lost") {
      show(bar, h("p", { class: "notice" }, `Disconnected for ${Math.round((Date.now() - lostAt) / 1000)} s, retrying. What is shown may be old.`));
      return;
    }
    if (kind === "delta") changed += data.changed_races?.length ?? 0;
    if (!changed) return show(bar);
    show(bar, h("p", { class: "notice" }, `${plural(changed, "race")} new or changed. `, h("button", { type: "button", on: { click: onShow } }, "Show")));
    announce(`${changed} races new or changed`);
  };
  connect();
}

function status(text, kind) {
  const element = document.getElementById("status");
  if (element) Object.assign(element, { textContent: text, className: kind });
}

function connect() {
  if (stream) return;
  stream = new EventSource("/api/live");
  for (const kind of ["snapshot", "delta"]) {
    stream.addEventListener(kind, (event) => {
      clearInterval(timer);
      lostAt = 0;
      let data = {};
      try { data = JSON.parse(event.data); } catch { return; }
      status(`● live · ${plural(data.events ?? 0, "event")}`, "quiet");
      document.body.classList.remove("stale");
      listener?.(kind, data);
    });
  }
  stream.addEventListener("error", () => {
    if (lostAt) return;
    lostAt = Date.now();
    // A stream that ends is opened again at once; only a server that stays away is worth a word.
    timer = setInterval(() => {
      if (Date.now() - lostAt < 4000) return;
      status("○ disconnected", "conflict");
      document.body.classList.add("stale");
      listener?.("lost", null);
    }, 1000);
  });
}
