// The list of races, one row a static pair; deadlocks and anomalies below it.

import { embedded, h, heads, link, show } from "./dom.js";
import { ago, brief, count, middle, place, plural, words } from "./format.js";
import { follow } from "./live.js";
import { pills, source } from "./source.js";
import { coverage, load, noRaces } from "./states.js";

const GRADES = ["manifested", "feasible", "predicted", "candidate", "benign"];
const STATES = ["open", "known", "muted"];

/** The glyph of a grade: shapes, not colours, tell them apart. */
export function glyph(grade) {
  return { manifested: "✕", feasible: "!", predicted: "◇", confirmed: "✕", suspected: "?", candidate: "?", benign: "·" }[grade] ?? "·";
}

/** A grade as a chip. */
export function chip(text, kind) {
  return h("span", { class: `chip ${kind ?? ""}` }, text);
}

export function racesPage(container, route) {
  const filter = { q: route.query.get("q") ?? "", grade: route.query.get("grade") ?? "", service: route.query.get("service") ?? "", state: embedded ? "" : route.query.get("state") ?? "" };
  const change = (part) => route.replace({ ...filter, ...part });
  const find = (text) => change(pills(text));
  const search = h("input", {
    type: "search", id: "search", placeholder: embedded ? "variable, place, service, id" : "variable, place, id, service:name, state:muted", value: filter.q, autocomplete: "off",
    on: { change: () => find(search.value) },
  });
  const boxes = (name, all, label) => {
    const chosen = filter[name].split(",").filter(Boolean);
    return all.map((each) => h("label", {}, h("input", {
      type: "checkbox", checked: chosen.includes(each),
      on: { change: (event) => change({ [name]: all.filter((other) => (other === each ? event.target.checked : chosen.includes(other))).join(",") }) },
    }), ` ${label(each)}`));
  };
  const list = h("div", { class: "list" });
  const bar = h("div", {});
  const begin = () => load(list, "the analysis", async () => {
    const [data, others] = await Promise.all([source.races(filter), source.others().catch(() => ({ deadlocks: [], anomalies: [] }))]);
    return { data, others };
  }, ({ data, others }) => {
    draw(list, data, filter, change, others);
  });
  show(container, h("h1", {}, embedded ? "Findings" : "Races"),
    h("form", { class: "filters", role: "search", on: { submit: (event) => { event.preventDefault(); find(search.value); } } },
      h("label", { class: "grow" }, h("span", { class: "hidden" }, "Filter"), search),
      h("fieldset", {}, h("legend", {}, "Evidence"), h("span", { class: "quiet", "aria-hidden": "true" }, "Evidence"), boxes("grade", GRADES, (grade) => `${glyph(grade)} ${grade}`)),
      embedded ? null : h("fieldset", {}, h("legend", {}, "Decided"), h("span", { class: "quiet", "aria-hidden": "true" }, "Decided"), boxes("state", STATES, (state) => state)),
      filter.service ? h("button", { type: "button", on: { click: () => change({ service: "" }) } }, `service ${filter.service} ✕`) : null),
    bar, list);
  if (!embedded) follow(bar, begin, route.signal);
  return begin();
}

function draw(list, data, filter, change, others) {
  const filtered = Object.values(filter).some(Boolean);
  const rest = tables(others);
  if (!data.races.length) {
    if (rest.length && !filtered) return show(list, h("p", {}, "No race found."), ...rest, coverage(data.coverage));
    return show(list, noRaces(data, filter, change), ...rest);
  }
  const body = h("tbody", {}, data.races.map(row));
  const more = h("button", { type: "button", class: "more" }, "Show more");
  let next = data.next_cursor;
  more.addEventListener("click", async () => {
    more.disabled = true;
    try {
      const page = await source.races({ ...filter, cursor: next });
      body.append(...page.races.map(row));
      next = page.next_cursor;
      more.hidden = !next;
    } catch (error) {
      more.after(h("p", { role: "alert" }, error.message));
    }
    more.disabled = false;
  });
  more.hidden = !next;
  return show(list, h("p", { class: "quiet" }, plural(data.total, "pair"), " · manifested first, then the newest"),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Races" },
      h("table", { class: "races pairs" }, heads("", "What happened", "Object", "Pair", "Service", "Seen", "Last"), body)),
    more, ...rest, coverage(data.coverage));
}

function row(race) {
  const [a, b] = race.accesses;
  const letter = (access) => (access.kind === "read" ? "R" : access.kind === "rmw" ? "RW" : "W");
  const side = (access) => `${place(access.location) || "event " + access.index} ${letter(access)}`;
  const services = [...new Set([a.service, b.service])].filter(Boolean);
  return h("tr", { class: race.grade, dataset: { row: "" } },
    h("td", { class: "glyph", title: race.grade }, glyph(race.grade), h("span", { class: "hidden" }, race.grade)),
    h("td", {}, link(`/races/${race.id}`, { class: "main" }, words(race.pattern)), race.state && race.state !== "open" && race.state !== "new" ? chip(race.state) : null, h("div", { class: "verdict" }, brief(race)),
      h("div", { class: "narrow mono" }, `${middle(race.object.name, 60)}: ${side(a)} ↔ ${side(b)}`)),
    h("td", { class: "mono", title: race.object.name }, middle(race.object.name, 60)), h("td", { class: "mono pair" }, `${side(a)} ↔ ${side(b)}`),
    h("td", {}, services.map((name) => middle(name, 40)).join(", ")), h("td", { class: "number" }, count(race.count)),
    h("td", { class: "nowrap", title: race.last_seen ?? "" }, race.last_seen ? ago(race.last_seen) : "–"));
}

function tables({ deadlocks, anomalies }) {
  const table = (title, findings, name) => findings.length ? [h("h2", {}, title), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
    h("table", { class: "races" }, heads("", "What", "What happened", "What to do"),
      h("tbody", {}, findings.map((finding) => h("tr", { id: finding.id, class: finding.grade, dataset: { row: "" } },
        h("td", { class: "glyph", title: finding.grade }, glyph(finding.grade), h("span", { class: "hidden" }, finding.grade)),
        h("td", {}, words(name(finding)), h("div", { class: "quiet mono" }, finding.object ?? finding.id)),
        h("td", { class: "verdict" }, finding.verdict), h("td", { class: "verdict" }, finding.fix))))))] : [];
  return [...table("Deadlocks", deadlocks, () => "deadlock"), ...table("Anomalies", anomalies, (finding) => finding.kind)];
}
