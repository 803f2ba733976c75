// Every key, in one table: the handler, the sheet and the list of commands read it, so they cannot disagree.

import { h, show } from "./dom.js";

/** Pages by address, name and the key after `g`. */
export const PAGES = [["/races", "Races", "r"], ["/traces", "Traces", "t"], ["/variables", "Variables", "v"], ["/services", "Services", "s"], ["/live", "Live", "l"], ["/health", "Health", "h"]];

/** Keys as the sheet names them, and what they do; `at` names those that `handle` acts on. */
const KEYS = [
  { keys: "?", at: ["?"], what: "this sheet" },
  { keys: "/", at: ["/"], what: "filter" },
  { keys: "Ctrl K", what: "go to a trace, a race, a variable, a page" },
  { keys: "g r, g t, g v, g s, g l, g h", at: ["g"], what: "races, traces, variables, services, live, health" },
  { keys: "j k", at: ["j", "k"], what: "next, previous row or event" },
  { keys: "Enter", what: "open" },
  { keys: "Esc", at: ["Escape"], what: "back to the list" },
  { keys: "[ ]", at: ["[", "]"], what: "previous, next interleaving" },
  { keys: "t", at: ["t"], what: "the picture's table, and back" },
  { keys: "m", at: ["m"], what: "decide about a race: mute it, mark it as known" },
  { keys: "w a s d f", what: "zoom and move a waterfall, fit" },
  { keys: ", .", what: "previous, next event of a task" },
  { keys: "space", at: [" "], what: "pause and resume live" },
  { keys: "c C", at: ["c", "C"], what: "copy the address, copy the race as Markdown" },
];

/** Draws the sheet. */
export function drawSheet(sheet) {
  show(sheet, h("h2", {}, "Keys"), h("dl", {}, KEYS.map(({ keys, what }) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, what)])), h("form", { method: "dialog" }, h("button", {}, "Close")));
}

/** Names of the actions that a page may be asked for. */
export const ACTIONS = new Set(KEYS.flatMap(({ at }) => at ?? []));
