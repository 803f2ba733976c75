// Server-sent events over fetch: unlike a browser's own, they carry a key, and say why they ended.

import { headers } from "./source.js";

const WAIT = 2000;

/**
 * Follows `path` until `signal` ends it. Calls `told(name, data)` for each event, `lost(since, refused)` when the connection is
 * gone (`refused` when the server wants to know who asks) and `found()` when it is back. Resumes after the last id that was read.
 */
export async function followEvents(path, { told, lost, found, signal }) {
  let last = "";
  let wait = WAIT;
  let gone = 0;
  while (!signal.aborted) {
    try {
      const answer = await fetch(path, { headers: { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}), ...headers() }, cache: "no-store", signal });
      if (!answer.ok || !answer.body) throw Object.assign(new Error("refused"), { status: answer.status });
      await read(answer.body.getReader(), (name, data, id, retry) => {
        if (id) last = id;
        if (retry) wait = retry;
        if (gone) found();
        gone = 0;
        if (data) told(name, data);
      });
      // A stream that ends in order is opened again at once: the server ends each after a while.
      gone ||= Date.now();
      await pause(Math.min(wait, 250), signal);
    } catch (error) {
      if (signal.aborted) return;
      gone ||= Date.now();
      lost(gone, error.status === 401 || error.status === 403);
      await pause(wait, signal);
    }
  }
}

async function read(reader, told) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) told(...parse(block));
  }
}

function parse(block) {
  let [name, data, id, retry] = ["message", "", "", 0];
  for (const line of block.split(/\r?\n/)) {
    const [, field, text] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (field === "event") name = text;
    if (field === "data") data += (data ? "\n" : "") + text;
    if (field === "id") id = text;
    if (field === "retry") retry = Number(text) || 0;
  }
  return [name, data, id, retry];
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
