// Who is asked: a password where the server has sessions, a key where it has keys.

import { announce, h, show } from "./dom.js";
import { keepKey, source, supports } from "./source.js";

/** What a page shows in place of what it may not show; `again` tries once more. */
export function signIn(error, heading, again) {
  const box = h("div", { class: "state" }, h(heading, {}, "Sign in"), h("p", { role: "alert" }, error.message));
  supports("POST /api/login").then((can) => {
    if (can) box.append(form("Password", "current-password", "Sign in", async (text) => { await source.login(text); }, again));
    box.append(form("API key (kept until this tab is closed)", "off", "Use the key", async (text) => keepKey(text), again));
    box.querySelector("input")?.focus();
  });
  return box;
}

function form(name, complete, button, use, again) {
  const input = h("input", { type: "password", autocomplete: complete });
  const told = h("p", { class: "conflict", role: "alert" });
  const submit = h("button", {}, button);
  return h("form", { class: "sign", on: { submit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    show(told);
    try {
      await use(input.value);
      window.dispatchEvent(new Event("raceway-session"));
      again();
    } catch (error) {
      show(told, error.status === 401 || error.status === 403 ? "That is not the password." : error.message);
      input.select();
    }
    submit.disabled = false;
  } } }, h("label", {}, h("span", {}, name), input), submit, told);
}

/** A button to sign out, where a session is open. */
export async function drawSession(place, again) {
  const session = await source.session();
  show(place, session?.authenticated ? h("button", { type: "button", on: { click: async () => {
    await source.logout().catch((error) => announce(error.message));
    show(place);
    again();
  } } }, "Sign out") : null);
}
