// Where the data comes from: the server's routes, or what the report file carries.

import { embedded } from "./dom.js";

/** A request that failed, with what a person needs to go on. */
export class Failure extends Error {
  constructor(message, status, path, request, after = 0) {
    super(message);
    Object.assign(this, { status, path, request, after });
  }
}

async function get(path) {
  let answer;
  try {
    answer = await fetch(path, { headers: { Accept: "application/json", ...key() } });
  } catch {
    throw new Failure("The server cannot be reached.", 0, path, "");
  }
  const request = answer.headers.get("X-Request-ID") ?? "";
  let body;
  try {
    body = await answer.json();
  } catch {
    throw new Failure(`The server answered ${answer.status} with something that is not JSON.`, answer.status, path, request);
  }
  if (answer.status === 401) signedOut();
  const after = Number(answer.headers.get("Retry-After")) || 0;
  if (!answer.ok) throw new Failure(body.detail ?? body.error ?? `The server answered ${answer.status}.`, answer.status, path, request, after);
  return "success" in body && "data" in body ? body.data : body;
}

/** The API key of this tab; servers without keys ask for none. */
function key() {
  try {
    const stored = sessionStorage.getItem("raceway-key");
    return stored ? { "X-Raceway-Key": stored } : {};
  } catch {
    return {};
  }
}

/** Keeps an API key until the tab is closed. */
export function keepKey(text) {
  try { sessionStorage.setItem("raceway-key", text); } catch { /* a browser without storage asks again */ }
}

/** Headers of every request of this tab. */
export const headers = key;

/** Who may be asked to sign in again, and what to do when that is done. */
let signedOut = () => {};
export function onSignedOut(handler) {
  signedOut = handler;
}

let routes = null;

/** Whether this server has a route, such as `GET /api/live`; older servers have fewer. */
export async function supports(route) {
  if (embedded) return false;
  routes ??= get("/").then((index) => Object.keys(index.routes ?? {}), () => { routes = null; return []; });
  return (await routes).some((each) => each.replace(/\{[^}]*\}/g, "{}") === route);
}

/** Posts JSON; no other site's page can send this type unasked. */
async function send(path, body) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json", ...key() }, body: JSON.stringify(body) });
  } catch {
    throw new Failure("The server cannot be reached.", 0, path, "");
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Failure(told.detail ?? told.error ?? `The server answered ${answer.status}.`, answer.status, path, answer.headers.get("X-Request-ID") ?? "");
  return told;
}

const PAGE = 100;

function matches(race, filter) {
  const text = (filter.q ?? "").toLowerCase();
  const [a, b] = race.accesses;
  const fields = [race.id, race.object.name, race.object.scope, race.pattern, a.location, b.location, a.service, b.service];
  const grades = (filter.grade ?? "").split(",").filter(Boolean);
  return (!grades.length || grades.includes(race.grade))
    && (!filter.service || a.service === filter.service || b.service === filter.service)
    && (!text || fields.some((field) => String(field).toLowerCase().includes(text)));
}

const query = (filter) => {
  const wanted = Object.entries(filter).filter(([, text]) => text);
  return wanted.length ? "?" + new URLSearchParams(wanted) : "";
};

/** Every page asks here and nowhere else. */
export const source = {
  async races({ q, grade, service, state, cursor } = {}) {
    if (!embedded) return get("/api/races" + query({ q, grade, service, state, cursor, limit: String(PAGE) }));
    const all = embedded.report.races.filter((race) => matches(race, { q, grade, service }));
    const from = Number(cursor ?? 0);
    return {
      races: all.slice(from, from + PAGE), total: all.length, coverage: embedded.report.coverage,
      next_cursor: all.length > from + PAGE ? String(from + PAGE) : null,
    };
  },
  async race(id) {
    if (!embedded) return get(`/api/races/${encodeURIComponent(id)}`);
    const race = embedded.report.races.find((each) => each.id === id);
    if (!race) throw new Failure("This report has no race with this id.", 404, id, "");
    return { ...race, view: embedded.views[id] ?? null };
  },
  /** Deadlocks and anomalies, as far as they can be asked for. */
  async others() {
    if (embedded) return embedded.report;
    const [deadlocks, anomalies] = await Promise.all(["deadlocks", "anomalies"].map(async (kind) =>
      (await supports(`GET /api/${kind}`)) ? (await get(`/api/${kind}?limit=${PAGE}`))[kind] ?? [] : []));
    return { deadlocks, anomalies };
  },
  decide: (id, decision) => send(`/api/races/${encodeURIComponent(id)}/state`, decision),
  async differences(id) {
    if (embedded) return embedded.differences?.[id] ?? null;
    return (await supports("GET /api/races/{}/differences")) ? get(`/api/races/${encodeURIComponent(id)}/differences`) : null;
  },
  /** The card of a race, as the command prints it. */
  async card(id) {
    const answer = await fetch(`/api/races/${encodeURIComponent(id)}`, { headers: { Accept: "text/markdown", ...key() } });
    if (!answer.ok) throw new Failure(`The server answered ${answer.status}.`, answer.status, id, "");
    return answer.text();
  },
  traces: (page) => get(`/api/traces?page=${page}&page_size=50`),
  search: (q) => get("/api/search" + query({ q, limit: String(PAGE) })),
  trace: (id) => get(`/api/traces/${encodeURIComponent(id)}`),
  timeline: (id, from, to, px) => get(`/api/traces/${encodeURIComponent(id)}/timeline` + query({ from, to, px })),
  compare: (a, b, status) => get(`/api/compare/${encodeURIComponent(a)}...${encodeURIComponent(b)}` + query({ status })),
  variables: (filter) => get("/api/variables" + query({ ...filter, limit: String(PAGE) })),
  versions: (name, service) => get(`/api/variables/${encodeURIComponent(name)}/versions` + query({ service })),
  graph: () => get("/api/services/graph"),
  stats: () => get("/api/stats"),
  coverage: () => get("/api/coverage"),
  ready: () => get("/readyz").catch((error) => ({ status: "unavailable", failing: { server: error.message } })),
  session: async () => ((await supports("GET /api/session")) ? get("/api/session").catch(() => null) : null),
  demo: () => send("/api/demo", {}),
  login: (password) => send("/api/login", { password }),
  logout: () => send("/api/logout", {}),
};

/** `var:`, `service:`, `grade:` and `state:` in a filter text; what is left is looked for everywhere. */
export function pills(text) {
  const found = { q: [] };
  for (const word of String(text).split(/\s+/).filter(Boolean)) {
    const [, name, rest] = /^(var|service|grade|state):(.+)$/.exec(word) ?? [];
    if (!name) found.q.push(word);
    else if (name === "var") found.q.push(rest.replace(/\*$/, ""));
    else found[name] = rest;
  }
  return { ...found, q: found.q.join(" ") };
}
