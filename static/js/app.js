// What every page needs: htmx, the theme switch, menus that close, forms that keep what was typed.
import htmx from "htmx.org";

import { listen } from "./keyboard.js";
import { queue } from "./queue.js";
import { follow } from "./reading.js";
import { start } from "./signature.js";

window.htmx = htmx;

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-theme-toggle]");
  if (toggle) {
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.bsTheme);
    document.dispatchEvent(new CustomEvent("themechange"));
  }
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  }
});

// Tabs wider than a phone show the one that is open.
document.querySelector(".nav-tabs .active")?.scrollIntoView({ block: "nearest", inline: "center" });

// Steppers: two buttons around a number, so that a thumb can do it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input[type=number]");
  if (button.dataset.step === "all") input.value = input.max;
  else if (Number(button.dataset.step) > 0) input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// A field that depends on a choice shows with it alone; without scripts all of them show.
for (const field of document.querySelectorAll("[data-when]")) {
  const choice = field.closest("form").elements[field.dataset.when];
  const show = () => {
    field.hidden = !field.dataset.is.split(" ").includes(choice.value);
  };
  choice.addEventListener("change", show);
  show();
}

// One press, one request: a button that sends says so and waits.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented || event.target.dataset.many !== undefined) return;
  setTimeout(() => {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
  });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy]")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
});

// A form that was refused inside a dialog is shown again with what was typed; the first field in error gets the focus.
document.querySelector("dialog[data-open]")?.showModal();
document.querySelector(".is-invalid")?.focus();

// A list is opened as it was filtered last, on this device. What was searched for in words is not kept.
const lists = "partnernet-lists";
const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(lists)) || {};
  } catch {
    return {};
  }
};
if (document.querySelector("form[data-autosubmit]")) {
  const chosen = new URLSearchParams(location.search);
  for (const [name, value] of [...chosen]) if (!value || ["q", "after", "before"].includes(name)) chosen.delete(name, value);
  const all = kept();
  if (location.search) all[location.pathname] = chosen.toString();
  try {
    localStorage.setItem(lists, JSON.stringify(all));
  } catch {
    // A browser that keeps nothing opens every list as it is.
  }
}
for (const link of document.querySelectorAll(".side a[href], .top .actions a[href]")) {
  const filters = kept()[link.getAttribute("href")];
  if (filters) link.setAttribute("href", `${link.getAttribute("href")}?${filters}`);
}

for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  // The button is for browsers without scripts.
  for (const button of form.querySelectorAll("button[type=submit]")) button.hidden = true;
}
// Parts of a page are drawn anew under the hand, so what is heard is heard at the document.
document.addEventListener("change", (event) => {
  if (event.target.form?.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});

start();
document.addEventListener("redrawn", start);

// Check-in: ask the phone where it is, wait at most four seconds, and send either way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.dataset.locate === undefined || form.dataset.located || !navigator.geolocation) return;
  event.preventDefault();
  const send = () => {
    form.dataset.located = "1";
    form.requestSubmit();
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.latitude.value = coords.latitude;
      form.elements.longitude.value = coords.longitude;
      send();
    },
    send,
    { timeout: 4000, maximumAge: 60000 },
  );
});
follow();
listen();
queue();
