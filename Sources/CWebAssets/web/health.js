// The server about itself, and what each service sends: what is not recorded cannot race.

import { h, heads, link, show } from "./dom.js";
import { ago, bytes, count, duration, plural, words } from "./format.js";
import { source } from "./source.js";
import { firstRun, load } from "./states.js";

const ASPECTS = [["accesses", "Accesses"], ["values", "Values"], ["locks", "Locks"], ["messages", "Messages"], ["tasks", "Tasks"]];

export function healthPage(container, route) {
  const list = h("div", { class: "list" });
  show(container, h("h1", {}, "Health"), list);
  return load(list, "the server", async () => {
    const [stats, ready, cover] = await Promise.all([source.stats(), source.ready(), source.coverage()]);
    return { stats, ready, cover };
  }, (data) => draw(list, data, () => healthPage(container, route)));
}

function draw(list, { stats, ready, cover }, again) {
  const failing = Object.entries(ready.failing ?? {}), degraded = Object.entries(ready.degraded ?? {});
  const behind = stats.analysis ? Math.max(0, stats.store.events - stats.analysis.events) : stats.store.events;
  const facts = [
    ["Events taken", count(stats.events.accepted), stats.events.rejected ? `${count(stats.events.rejected)} rejected` : "none rejected"],
    ["Stored", count(stats.store.events), `${plural(stats.store.traces, "trace")}, ${bytes(stats.store.bytes)}`],
    ["Dropped at a bound", count(stats.store.evicted_events), stats.store.evicted_traces ? `${plural(stats.store.evicted_traces, "trace")}; verdicts no longer cover them` : "nothing"],
    ["Not decodable", count(stats.events.undecodable), stats.events.duplicates ? `${plural(stats.events.duplicates, "event")} came twice` : "no duplicates"],
    ["Analysis behind by", plural(behind, "event"), stats.analysis ? `the last one took ${duration(stats.analysis.seconds * 1e9)}` : "none has finished yet"],
    ["Requests", count(stats.requests.total), `${count(stats.requests.in_flight)} running, ${plural(stats.requests.live_clients, "follower")}`],
    ["Up for", duration(stats.uptime_seconds * 1e9), ""],
  ];
  const routes = stats.routes.toSorted((x, y) => y.requests - x.requests).slice(0, 12);
  show(list, failing.length ? h("div", { class: "notice", role: "alert" }, h("p", {}, "Not ready for requests:"), h("ul", {}, failing.map(([name, why]) => h("li", {}, `${words(name)}: ${why}`)))) : h("p", { class: "quiet" }, "Ready for requests. ", h("button", { type: "button", on: { click: again } }, "Look again")),
    degraded.length ? h("div", { class: "notice" }, h("p", {}, "Events are taken, but:"), h("ul", {}, degraded.map(([name, why]) => h("li", {}, `${words(name)}: ${why}`)))) : null,
    h("div", { class: "facts" }, facts.map(([name, fact, more]) => h("div", { class: "panel" }, h("h2", {}, name), h("p", { class: "fact" }, fact), h("p", { class: "quiet" }, more)))),
    h("h2", {}, "What each service sends"), cover.services.length ? matrix(cover) : firstRun(),
    h("h2", {}, "Busiest routes"), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Routes" }, h("table", {}, heads("Route", "Requests", "Refused", "Failed", "p50", "p95", "p99"),
      h("tbody", {}, routes.map((route) => h("tr", { dataset: { row: "" } }, h("td", { class: "mono" }, `${route.method} ${route.route}`), ...[route.requests, route.client_errors, route.server_errors].map((n) => h("td", { class: "number" }, count(n))),
        ...[route.p50_ms, route.p95_ms, route.p99_ms].map((n) => h("td", { class: "number" }, duration(n * 1e6)))))))),
    h("p", { class: "quiet" }, "The same for machines: ", h("a", { href: "/metrics" }, "/metrics"), ", ", h("a", { href: "/api/stats" }, "/api/stats"), ", ", h("a", { href: "/readyz" }, "/readyz"), "."));
}

function matrix(cover) {
  const blind = cover.services.filter((service) => service.accesses && !service.locks).map((service) => service.name);
  const silent = cover.services.filter((service) => !service.accesses).map((service) => service.name);
  const valueless = cover.services.filter((service) => service.accesses && service.values < service.accesses / 2).map((service) => service.name);
  const cell = (n) => h("td", { class: `number ${n ? "" : "lack"}` }, n ? count(n) : h("span", {}, "∅", h("span", { class: "hidden" }, " none")));
  return [h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Coverage" }, h("table", { class: "matrix" },
    heads("Service", "Events", ...ASPECTS.map(([, name]) => name), "Parents missing", "Clock", "Last"),
    h("tbody", {}, cover.services.map((service) => h("tr", { dataset: { row: "" } }, h("td", {}, link(`/races?service=${encodeURIComponent(service.name)}`, { class: "main" }, service.name || "no name")), h("td", { class: "number" }, count(service.events)),
      ASPECTS.map(([key]) => cell(service[key])), h("td", { class: `number ${service.parents_missing ? "conflict" : ""}` }, count(service.parents_missing)),
      h("td", { class: "nowrap" }, service.skew_ns ? `off by ${duration(service.skew_ns)} or more` : "–"), h("td", { class: "nowrap", title: service.last_timestamp }, ago(service.last_timestamp))))))),
  h("ul", { class: "plain" },
    silent.length ? h("li", {}, `∅ No access to shared state is recorded in ${silent.join(", ")}: no race can be found there.`) : null,
    blind.length ? h("li", {}, `∅ No lock is recorded in ${blind.join(", ")}: if they use locks, races there may be false.`) : null,
    valueless.length ? h("li", {}, `∅ Few values are recorded in ${valueless.join(", ")}: races there stay feasible, damage cannot be proven.`) : null,
    cover.omitted ? h("li", {}, `${plural(cover.omitted, "service")} more are not listed.`) : null)];
}
