// One race: verdict, what happened to the value, the order that is missing, why, and what to change.

import { announce, embedded, h, link, show } from "./dom.js";
import { ago, place, plural, short, value, words } from "./format.js";
import { interleavings } from "./interleaving.js";
import { chip, glyph } from "./races.js";
import { slice } from "./slice.js";
import { source, supports } from "./source.js";
import { coverage, load } from "./states.js";

export function racePage(container, route) {
  return load(container, "the race", () => source.race(route.id), (race) => draw(container, race, route));
}

function draw(container, race, route) {
  const view = race.view;
  document.title = `${race.verdict} – Raceway`;
  const title = view?.title ?? `${words(race.pattern)} on ${race.object.name}`;
  const steps = view ? interleavings(view, route.query.get("run"), (run) => route.keep({ run: run === "observed" ? "" : run })) : null;
  if (steps?.turn) Object.assign(route.actions, { "[": () => steps.turn(-1), "]": () => steps.turn(1) });
  if (!embedded) route.actions.C = () => source.card(race.id).then((text) => navigator.clipboard?.writeText(text)).then(() => announce("Race copied as Markdown"), (error) => announce(error.message));
  const differs = h("div", {});
  source.differences(race.id).then((found) => show(differs, differences(found)), () => {});
  const decision = h("div", {});
  supports("POST /api/races/{}/state").then((can) => {
    if (!can) return;
    const form = decide(race, () => racePage(container, route));
    show(decision, form);
    route.actions.m = () => { form.open = true; form.querySelector("input").focus(); };
  });
  show(container,
    h("p", { class: "crumbs" }, link("/races", {}, embedded ? "Findings" : "Races"), " / ", h("span", { class: "mono" }, race.id), " · ", seen(race)),
    h("h1", {}, title), h("p", { class: "lead" }, race.verdict, "."),
    h("p", { class: "chips" }, chip(`${glyph(race.grade)} ${race.grade}`, race.grade), chip(race.severity, race.severity), chip(race.kind),
      race.evidence?.observed !== undefined && race.evidence?.observed !== null
        ? chip(`observed ${value(race.evidence.observed)}` + (race.evidence.serial_outcomes.length ? `, serial ${race.evidence.serial_outcomes.map(value).join(" or ")}` : "")) : null,
      chip(race.locks_in_common.length ? `both hold ${race.locks_in_common.join(", ")}` : "no common lock"),
      race.cross_trace ? chip("across traces") : null,
      race.state && race.state !== "open" && race.state !== "new" ? chip(`${race.state}${race.state_reason ? `: ${race.state_reason}` : ""}${race.state_expires ? ` until ${race.state_expires.slice(0, 10)}` : ""}`) : null),
    decision, occurrences(race),
    view ? h("p", { class: "quiet" }, `Grade ${race.grade}: ${view.meaning}.`, race.reasons.length ? ` Lowered by: ${race.reasons.map(words).join(", ")}.` : "") : null,
    h("div", { class: "columns" },
      h("section", { class: "panel wide", "aria-labelledby": "order" }, h("h2", { id: "order" }, "What happened"), view ? slice(view, embedded ? null : `/traces/${race.accesses[1].trace}?sel=${encodeURIComponent(race.accesses[1].event)}&order=causal`) : h("p", { class: "empty" }, "No picture is known for this race.")),
      h("div", { class: "stack" },
        h("section", { class: "panel", "aria-labelledby": "told" }, h("h2", { id: "told" }, `Interleaving of ${race.object.name}`), steps, history(race)),
        view ? proof(view) : null, view ? locks(view) : null,
        h("section", { class: "panel fix", "aria-labelledby": "fix" }, h("h2", { id: "fix" }, "Suggested fix"), h("p", {}, race.fix, ".")))),
    differs,
    h("div", { class: "columns even" }, race.accesses.map((access, index) => side(access, index + 1, race))),
    coverage(race.coverage ?? embedded?.report.coverage));
}

/** What traces with this race have that traces without it do not. */
function differences(found) {
  if (!found?.differences?.length) return null;
  const percent = (part) => `${Math.round(100 * part)} %`;
  return h("section", { class: "panel", "aria-labelledby": "differ" }, h("h2", { id: "differ" }, "Racing runs differ in"),
    h("ul", { class: "plain" }, found.differences.map((each) => h("li", {}, h("span", { class: "mono" }, `${each.key}=${each.value}`), ` ${percent(each.racing)} of the ${plural(found.racing, "trace")} that race, ${percent(each.others)} of the ${plural(found.others, "other")}`))));
}

function seen(race) {
  const times = race.count === 1 ? "seen once" : `seen ${race.count} times`;
  const traces = race.traces?.length ? ` in ${plural(race.traces.length, "trace")}` : "";
  return [times + traces, race.last_seen ? h("span", { title: race.last_seen }, `, last ${ago(race.last_seen)}`) : ""];
}

/** The traces in which it was seen. */
function occurrences(race) {
  const traces = race.traces ?? [];
  if (embedded || traces.length < 2) return null;
  return h("details", {}, h("summary", {}, `Seen in ${plural(traces.length, "trace")}`), h("p", { class: "mono" }, traces.slice(0, 60).map((id) => [link(`/traces/${id}`, {}, short(id)), " "]), traces.length > 60 ? "…" : null));
}

function history(race) {
  const versions = race.evidence?.versions ?? [];
  if (versions.length < 2) return null;
  return h("p", { class: "versions" }, "Values: ", h("span", { class: "mono" }, versions.map(value).join(" → ")),
    race.evidence.lost_updates ? ` · ${plural(race.evidence.lost_updates, "update")} lost` : "");
}

function proof(view) {
  return h("section", { class: "panel", "aria-labelledby": "why" }, h("h2", { id: "why" }, "Why nothing orders them"),
    h("ul", { class: "plain" }, view.proof.sentences.map((sentence) => h("li", {}, sentence, "."))));
}

function locks(view) {
  const list = (names) => (names.length ? h("span", { class: "mono" }, names.join(", ")) : "∅");
  return h("section", { class: "panel", "aria-labelledby": "locks" }, h("h2", { id: "locks" }, "Locks held"),
    h("p", {}, h("span", { class: "role1" }, "① "), list(view.locks.first), " · ", h("span", { class: "role2" }, "② "), list(view.locks.second),
      " · in common ", list(view.locks.common), h("span", { class: "quiet" }, ` – ${view.locks.sentence}.`)));
}

function side(access, number, race) {
  const mark = number === 1 ? "①" : "②";
  const code = embedded?.sources?.[access.location];
  const facts = [["Task", access.task], ["Service", access.service], ["Place", access.location], ["Time", access.timestamp],
    ["Was", access.old === null ? "" : value(access.old)], [access.kind === "read" ? "Saw" : "Wrote", access.new === null ? "" : value(access.new)], ["Event", access.event]];
  return h("section", { class: `panel side role${number}`, "aria-labelledby": `side${number}` },
    h("h2", { id: `side${number}` }, `${access.atomic ? "Atomic " : ""}${words(access.kind)} by ${mark} `, h("span", { class: "mono quiet" }, place(access.location))),
    h("dl", {}, facts.filter(([, fact]) => fact).map(([name, fact]) => [h("dt", {}, name), h("dd", { class: "mono" }, fact)])),
    code ? h("pre", { class: "code" }, `${code.line} │ ${code.text}`) : null,
    embedded ? null : h("p", {}, link(`/traces/${access.trace}?sel=${encodeURIComponent(access.event)}`, {}, `Open trace ${short(access.trace)}`), " · ",
      link(`/variables/${encodeURIComponent(race.object.name)}?trace=${access.trace}`, {}, "audit trail")));
}

/** What people decided about the race: muting wants a reason. */
function decide(race, again) {
  const reason = h("input", { id: "reason", type: "search", placeholder: "why, for whoever reads it later", maxlength: 300, autocomplete: "off" });
  const until = h("input", { type: "date", "aria-label": "Muted until" });
  const told = h("span", { role: "alert", class: "conflict" });
  const act = (state) => async (event) => {
    event.preventDefault();
    try {
      const decision = { state, reason: reason.value };
      if (state === "muted" && until.value) decision.expires = `${until.value}T00:00:00Z`;
      await source.decide(race.id, decision);
      again();
    } catch (error) {
      show(told, error.message);
    }
  };
  const button = (state, name) => h("button", { type: "button", disabled: race.state === state, on: { click: act(state) } }, name);
  return h("details", { class: "decide" }, h("summary", {}, "Decide"), h("form", { class: "filters", on: { submit: act("muted") } },
    h("label", { class: "grow" }, h("span", { class: "hidden" }, "Reason"), reason), h("label", {}, "until ", until), button("muted", "Mute"), button("known", "Known"), button("open", "Open again"), told));
}
