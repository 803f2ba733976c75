// What a page shows when it has nothing else to show: each state says why, and how to go on.

import { announce, embedded, h, hrefOf, link, show } from "./dom.js";
import { count, plural, words } from "./format.js";
import { signIn } from "./session.js";
import { source } from "./source.js";

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
    if (container.isConnected) show(container, failure(error, container.id === "main" ? "h1" : "h2", () => load(container, waitingFor, work, draw)));
  }
}

function failure(error, heading, again) {
  const retry = h("button", { type: "button", on: { click: again } }, "Try again");
  announce(error.message);
  if (error.status === 401 || error.status === 403) return signIn(error, heading, again);
  if (error.status === 404 || error.status === 400) return unknown(error, heading, retry);
  return h("div", { class: "state", role: "alert" }, h(heading, {}, { 0: "Disconnected", 429: "Too many requests", 503: "Not yet" }[error.status] ?? "That did not work"),
    h("p", {}, error.message), error.request ? h("p", { class: "quiet" }, "Request ", h("code", {}, error.request)) : null,
    error.path ? h("pre", { tabindex: "0" }, `curl -H 'Accept: application/json' '${location.origin}${error.path.replaceAll("'", "%27")}'`) : null, h("p", {}, retry));
}

/** An id that is not there, or no id at all: it may have expired. */
function unknown(error, heading, retry) {
  const find = h("input", { id: "search", type: "search", placeholder: "variable, place, service, id", autocomplete: "off" });
  return h("div", { class: "state", role: "alert" }, h(heading, {}, "Not here"), h("p", {}, error.message),
    h("p", {}, "It may have expired: a store keeps the newest traces up to its bounds. Or it has not arrived."),
    h("form", { class: "filters", action: "/races", on: { submit: (event) => { event.preventDefault(); location.assign(hrefOf(`/races?q=${encodeURIComponent(find.value)}`)); } } }, h("label", { class: "grow" }, h("span", { class: "hidden" }, "Look for a race"), find), h("button", {}, "Look for a race")),
    h("p", {}, link("/races", {}, "All races"), embedded ? null : [" · ", link("/traces", {}, "All traces")], " · ", retry));
}

/** What was looked at and what was missing: nothing found never means that nothing is there. */
export function coverage(data) {
  if (!data) return null;
  const missing = (data.reasons ?? []).map((reason) => `${count(reason.count)} × ${words(reason.code)}`);
  return h("p", { class: "coverage" },
    `Looked at ${plural(data.accesses, "access", "accesses")} to ${plural(data.objects, "object")} by ${plural(data.tasks, "task")} in ${plural(data.traces, "trace")} `
    + `(${plural(data.events, "event")}, ${plural(data.services.length, "service")}). `,
    missing.length ? `${data.complete ? "Complete, though" : "Incomplete"}: ${missing.join(", ")}.` : "Nothing was missing.");
}

/** No events at all. */
export function firstRun() {
  if (embedded) return h("div", { class: "state" }, h("h2", {}, "No events"), h("p", {}, "The files of this report hold none."));
  const told = h("span", { role: "status", class: "quiet" });
  const demo = h("button", { type: "button", on: { click: async () => {
    demo.disabled = true;
    try {
      await source.demo();
      location.assign("/races");
    } catch (error) {
      show(told, error.message);
      demo.disabled = false;
    }
  } } }, "Load the demo");
  const copy = (text) => h("div", { class: "copy" }, h("pre", { tabindex: "0" }, text), h("button", { type: "button", on: { click: () => navigator.clipboard?.writeText(text).then(() => announce("Copied"), () => {}) } }, "Copy"));
  const { origin } = location;
  return h("div", { class: "state" }, h("h2", {}, "No events yet"), h("p", {}, "See a race in five seconds: four transfers of a bank that lose three debits. ", demo, " ", told), h("p", {}, "Or bring your own:"),
    h("ol", { class: "ways" },
      h("li", {}, "Send events of an SDK or of your own", copy(`curl -H 'Content-Type: application/json' --data-binary @events.json ${origin}/events`)),
      h("li", {}, "Point an OpenTelemetry exporter here", copy(`OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`)),
      h("li", {}, "Analyse files without a server", copy("raceway report trace.json -o report.html"))));
}

/** Nothing matches. */
export function noRaces(data, filter, change) {
  const used = Object.entries(filter).filter(([, text]) => text);
  if (!used.length && data.coverage && data.coverage.events === 0) return firstRun();
  if (!used.length) return h("div", { class: "state" }, h("h2", {}, "No race found"), coverage(data.coverage), h("p", {}, "That is not a proof that there is none: only what these traces did was looked at. ", embedded ? null : link("/health", {}, "What each service records")));
  return h("div", { class: "state" }, h("h2", {}, "Nothing matches"), h("p", {}, "Looked for ", used.map(([name, text], index) => [index ? ", " : "", h("b", {}, name === "q" ? "text" : name), ` ${text}`]), "."),
    h("p", {}, used.map(([name]) => [h("button", { type: "button", on: { click: () => change({ [name]: "" }) } }, `Without the ${name === "q" ? "text" : name}`), " "]), used.length > 1 ? h("button", { type: "button", on: { click: () => change(Object.fromEntries(used.map(([name]) => [name, ""]))) } }, "Clear the filters") : null),
    coverage(data.coverage));
}
