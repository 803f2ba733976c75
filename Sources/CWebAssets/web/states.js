// What a page shows when it has nothing else to show: each state says why, and how to go on.

import { h, link, show, announce } from "./dom.js";
import { plural } from "./format.js";
import { keepKey } from "./source.js";

/** Runs `load`, then `draw`; a skeleton after 150 ms, a sentence after 3 s, a way forward on failure. */
export async function load(container, waitingFor, work, draw) {
  const skeleton = setTimeout(() => show(container, h("div", { class: "skeleton", "aria-hidden": "true" },
    ...Array.from({ length: 6 }, () => h("div", {})))), 150);
  const long = setTimeout(() => container.append(h("p", { class: "quiet", role: "status" }, `Still waiting for ${waitingFor} …`)), 3000);
  try {
    const data = await work();
    clearTimeout(skeleton);
    clearTimeout(long);
    if (container.isConnected) draw(data);
  } catch (error) {
    clearTimeout(skeleton);
    clearTimeout(long);
    if (container.isConnected) show(container, failure(error, () => load(container, waitingFor, work, draw)));
  }
}

function failure(error, again) {
  const retry = h("button", { type: "button", on: { click: again } }, "Try again");
  announce(error.message);
  if (error.status === 401 || error.status === 403) return login(error, again);
  if (error.status === 404) {
    return h("div", { class: "state", role: "alert" }, h("h2", {}, "Not here"), h("p", {}, error.message),
      h("p", {}, "It may have been dropped at a bound of the store, or never arrived."), h("p", {}, link("/races", {}, "All races"), " · ", retry));
  }
  return h("div", { class: "state", role: "alert" }, h("h2", {}, error.status ? "That did not work" : "Disconnected"),
    h("p", {}, error.message), error.request ? h("p", { class: "quiet" }, "Request ", h("code", {}, error.request)) : null,
    error.path ? h("pre", {}, `curl -H 'Accept: application/json' '${location.origin}${error.path.replaceAll("'", "%27")}'`) : null, h("p", {}, retry));
}

function login(error, again) {
  const input = h("input", { type: "password", id: "key", autocomplete: "off" });
  return h("div", { class: "state" }, h("h2", {}, "This server wants a key"), h("p", { role: "alert" }, error.message),
    h("form", { on: { submit: (event) => { event.preventDefault(); keepKey(input.value); again(); } } },
      h("label", { for: "key" }, "API key (kept until this tab is closed) "), input, " ", h("button", {}, "Use it")));
}

/** What was looked at and what was missing: nothing found never means that nothing is there. */
export function coverage(data) {
  if (!data) return null;
  const missing = (data.reasons ?? []).map((reason) => `${reason.count} × ${reason.code.replaceAll("_", " ")}`);
  return h("p", { class: "coverage" },
    `Looked at ${plural(data.accesses, "access", "accesses")} to ${plural(data.objects, "object")} by ${plural(data.tasks, "task")} in ${plural(data.traces, "trace")} `
    + `(${plural(data.events, "event")}, ${plural(data.services.length, "service")}). `,
    missing.length ? `${data.complete ? "Complete, though" : "Incomplete"}: ${missing.join(", ")}.` : "Nothing was missing.");
}

/** No events at all. */
export function firstRun() {
  const origin = location.origin;
  return h("div", { class: "state" }, h("h2", {}, "No events yet"), h("p", {}, "Three ways in:"),
    h("ol", { class: "ways" },
      h("li", {}, "Send events of an SDK or of your own", h("pre", {}, `curl -H 'Content-Type: application/json' \\\n  --data-binary @events.json ${origin}/events`)),
      h("li", {}, "Analyse files without a server", h("pre", {}, "raceway report trace.json -o report.html")),
      h("li", {}, "See it at work: four transfers that lose three debits", h("pre", {}, "raceway demo"))));
}

/** Nothing matches. */
export function noRaces(data, filtered, clear) {
  if (!filtered && data.coverage && data.coverage.events === 0) return firstRun();
  return h("div", { class: "state" }, h("h2", {}, filtered ? "Nothing matches" : "No race found"), coverage(data.coverage),
    filtered ? h("p", {}, h("button", { type: "button", on: { click: clear } }, "Clear the filters"))
      : h("p", {}, "That is not a proof that there is none: only what these traces did was looked at."));
}
