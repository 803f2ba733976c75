// What the pictures on a canvas share: colours of the style sheet, sharp lines on every screen, a scale of time, a brush.

import { duration } from "./format.js";

let known = null;
let knownFor = "";

/** The colours of the style sheet as the canvas wants them. */
export function palette() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const key = `${document.documentElement.style.colorScheme}|${dark}|${matchMedia("(forced-colors: active)").matches}`;
  if (known && key === knownFor) return known;
  const probe = document.createElement("span");
  document.body.append(probe);
  const one = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  known = {
    text: one("--text"), ink: one("--ink"), line: one("--line"), conflict: one("--conflict"), panel: one("--panel"), page: one("--page"), ring: one("--focus"),
    services: Array.from({ length: 8 }, (_, index) => one(`--service${index}`)), font: getComputedStyle(document.body).fontFamily,
  };
  knownFor = key;
  probe.remove();
  return known;
}

/** Sizes a canvas for its screen; gives a pen that draws in CSS pixels. */
export function prepare(target, width, height) {
  const scale = window.devicePixelRatio || 1;
  const [wide, high] = [Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale))];
  if (target.width !== wide || target.height !== high) Object.assign(target, { width: wide, height: high });
  target.style.width = `${width}px`;
  target.style.height = `${height}px`;
  const pen = target.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `12px ${palette().font}`;
  pen.textBaseline = "middle";
  return pen;
}

/** A scale of time along the top: `view` in nanoseconds between x = `left` and x = `left + across`. */
export function axis(pen, colours, left, width, across, view, name) {
  pen.fillStyle = colours.panel;
  pen.fillRect(0, 0, width, 27);
  pen.fillStyle = colours.ink;
  pen.fillText(name, 14, 14);
  const steps = Math.max(1, Math.floor(across / 130));
  for (let step = 0; step <= steps; step += 1) {
    const x = left + (across * step) / steps;
    pen.textAlign = step === steps ? "right" : "left";
    const at = view.from + ((view.to - view.from) * step) / steps;
    pen.fillText(at ? duration(at) : "0", x, 14);
    pen.fillRect(x, 22, 1, 5);
  }
  pen.textAlign = "left";
  pen.fillStyle = colours.line;
  pen.fillRect(0, 27, width, 1);
}

/** A strip of density with the part in view framed. `bins` counts, `marks` are parts of the width. */
export function overview(target, width, bins, marks, view, total) {
  const colours = palette();
  const pen = prepare(target, width, 36);
  const most = Math.max(...bins, 1);
  pen.fillStyle = colours.ink;
  const step = width / bins.length;
  bins.forEach((many, bin) => { if (many) pen.fillRect(bin * step, 34 - 26 * Math.sqrt(many / most), Math.max(1, step - 1), 26 * Math.sqrt(many / most)); });
  pen.fillStyle = colours.conflict;
  for (const mark of marks) pen.fillRect(mark * (width - 4), 0, 3, 7);
  pen.strokeStyle = colours.ring;
  pen.lineWidth = 1.5;
  pen.strokeRect((view.from / total) * width + 0.5, 0.5, Math.max(3, ((view.to - view.from) / total) * width - 1), 35);
}

/** Lets a pointer choose a part of a strip: calls `chosen(from, to)` with parts of its width. */
export function brush(target, chosen) {
  let start = null;
  const part = (event) => {
    const box = target.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  target.addEventListener("pointerdown", (event) => {
    start = part(event);
    target.setPointerCapture(event.pointerId);
  });
  target.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const end = part(event);
    if (Math.abs(end - start) > 0.005) chosen(Math.min(start, end), Math.max(start, end));
  });
  for (const type of ["pointerup", "pointercancel"]) target.addEventListener(type, () => { start = null; });
}

/** Draws at most once a frame, again when size or colours change; ends with the page. */
export function redraw(box, draw, signal) {
  let pending = false;
  const request = () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      if (box.isConnected) draw();
    });
  };
  const observer = new ResizeObserver(request);
  observer.observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", request, { signal });
  window.addEventListener("raceway-colours", request, { signal });
  signal?.addEventListener("abort", () => observer.disconnect(), { once: true });
  return request;
}

/** Does what a key stands for, and keeps it from everybody else; keys with a modifier are the browser's. */
export function press(event, actions) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}
