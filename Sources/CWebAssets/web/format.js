// Numbers, times and names as people read them.

/** Three significant digits with a unit, from nanoseconds. */
export function duration(ns) {
  if (!Number.isFinite(ns) || ns < 0) return "–";
  if (ns >= 6e10 * 2) return long(ns / 1e9);
  const units = [["ns", 1], ["µs", 1e3], ["ms", 1e6], ["s", 1e9]];
  let [unit, size] = units[0];
  for (const [name, scale] of units) if (ns >= scale * 0.9995) [unit, size] = [name, scale];
  const value = ns / size;
  return `${unit === "ns" || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${unit}`;
}

function long(seconds) {
  for (const [size, unit, smaller, part] of [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]]) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ${Math.floor((seconds % size) / smaller)} ${part}`;
  }
  return `${Math.round(seconds)} s`;
}

/** `1.2 MB`. */
export function bytes(n) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, n)) / 3));
  return `${at ? (n / 1000 ** at).toPrecision(3) : n} ${units[at]}`;
}

/** `1,204,331`. */
export function count(n) {
  return Number(n).toLocaleString("en-US");
}

/** `1 trace`, `2 traces`. */
export function plural(n, one, many = one + "s") {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** How long ago, with the moment itself to hover over. */
export function ago(text) {
  const then = Date.parse(text ?? "");
  if (Number.isNaN(then)) return "–";
  const seconds = Math.max(0, (Date.now() - then) / 1000);
  if (seconds < 60) return "just now";
  for (const [size, unit] of [[86400 * 365, "y"], [86400, "d"], [3600, "h"], [60, "min"]]) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
  }
  return "just now";
}

/** The first eight characters of an id. */
export function short(id) {
  return String(id).length > 12 ? String(id).slice(0, 8) : String(id);
}

/** Keeps both ends of a long name. */
export function middle(text, length) {
  const all = String(text);
  if (all.length <= length) return all;
  const head = Math.ceil((length - 1) / 2);
  return all.slice(0, head) + "…" + all.slice(all.length - (length - 1 - head));
}

/** `lost_update` as words. */
export function words(code) {
  return String(code).replaceAll("_", " ").replaceAll("-", " ");
}

/** The end of a path, with its line; the middle of a long name is left out. */
export function place(location) {
  const text = String(location ?? "");
  return middle(text.slice(text.lastIndexOf("/") + 1), 48);
}

/** A JSON value in running text. */
export function value(json) {
  if (json === null || json === undefined) return "–";
  return middle(typeof json === "string" ? json : JSON.stringify(json), 40);
}

/** A race in one sentence without what its row says beside it: processes and folders. */
export function brief({ verdict, accesses }) {
  return accesses.reduce((text, { location, service, task }) => {
    const short = location ? text.replaceAll(location, place(location)) : text;
    return task.startsWith(`${service}#`) && task.includes("/") ? short.replaceAll(task, task.slice(task.indexOf("/") + 1)) : short;
  }, verdict);
}

/** One of eight colours for each name: by hash, so that it is the same on every page, but where two names of one picture would share it the later takes the next free one. */
export function hues(names) {
  const taken = new Map();
  const free = new Set([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const name of [...new Set(names)].sort()) {
    let colour = hash(name);
    while (free.size && !free.has(colour)) colour = (colour + 1) % 8;
    free.delete(colour);
    taken.set(name, colour);
  }
  return taken;
}

function hash(name) {
  let sum = 2166136261;
  for (const character of String(name)) sum = Math.imul(sum ^ character.codePointAt(0), 16777619);
  return (sum >>> 0) % 8;
}
