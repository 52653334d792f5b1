// What a technician does where there is no signal: counts, ticks, photos and reports are kept on the phone under a key
// of their own until they are sent. The key makes sending again safe. Nothing that binds anybody goes this way.
const STORE = "outbox";
const AGAIN = 15_000;
const PATIENCE = 20_000;

let opening;
function database() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("partnernet", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "n", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

async function stored(mode, act) {
  const store = (await database()).transaction(STORE, mode).objectStore(STORE);
  return new Promise((resolve, reject) => {
    const asked = act(store);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

const me = () => document.body.dataset.member;
const mine = async () => (await stored("readonly", (store) => store.getAll())).filter((one) => one.member === me());
const forget = (one) => stored("readwrite", (store) => store.delete(one.n));
const keep = (one) => stored("readwrite", (store) => store.put(one));

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

// The API answers a signed-in person as it answers a program: 2xx, or a problem with a sentence.
async function send(one) {
  const headers = {
    "Idempotency-Key": one.key,
    "PartnerNet-Firm": one.firm,
    "X-CSRFToken": token(),
    Accept: "application/json",
  };
  let body;
  if (one.file) {
    body = new FormData();
    body.append("file", one.file, one.file.name || "photo.jpg");
    if (one.task) body.append("task", one.task);
  } else {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(one.values);
  }
  const answer = await fetch(one.url, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE) });
  if (answer.ok) return { sent: true };
  const problem = await answer.json().catch(() => ({}));
  const again = answer.status >= 500 || answer.status === 429 || answer.status === 401;
  const stale = answer.status === 403 && String(problem.detail).startsWith("CSRF");
  const inFlight = answer.status === 409 && problem.code === "in_flight";
  if (again || stale || inFlight) return { sent: false };
  return { refused: [problem.detail, ...(problem.errors ?? []).map((each) => each.detail)].filter(Boolean).at(-1) ?? "Not taken." };
}

// What went well is said for a moment, where the page would have said it.
const said = new Set();
function tell(words) {
  if (!words) return;
  said.add(words);
  setTimeout(() => {
    said.delete(words);
    show();
  }, 8000);
}

let timer;
async function flush() {
  clearTimeout(timer);
  await navigator.locks.request("outbox", async () => {
    let moved = false;
    for (const one of await mine()) {
      if (one.refused) continue;
      let outcome;
      try {
        outcome = await send(one);
      } catch {
        outcome = { sent: false };
      }
      if (outcome.sent) {
        await forget(one);
        tell(one.said);
        moved = true;
      } else if (outcome.refused) {
        await keep({ ...one, refused: outcome.refused });
        moved = true;
      } else {
        timer = setTimeout(flush, AGAIN);
        break;
      }
    }
    const left = await show();
    if (moved && !left) settle();
  });
}

// Say what waits; return how many do.
async function show() {
  const place = document.getElementById("queue");
  const all = await mine();
  const waiting = all.filter((one) => !one.refused);
  if (!place) return waiting.length;
  const rows = all
    .filter((one) => one.refused)
    .map((one) => {
      const row = document.createElement("div");
      row.className = "alert alert-danger d-flex gap-2 align-items-center";
      row.setAttribute("role", "alert");
      const words = document.createElement("span");
      words.className = "flex-fill";
      words.textContent = `Not taken: ${one.label}. ${one.refused}`;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = "All right";
      button.addEventListener("click", async () => {
        await forget(one);
        await show();
        settle();
      });
      row.append(words, button);
      return row;
    });
  for (const words of said) {
    const line = document.createElement("div");
    line.className = "alert alert-success d-block";
    line.textContent = words;
    rows.push(line);
  }
  if (waiting.length) {
    const box = document.createElement("details");
    box.className = "alert alert-warning d-block";
    const head = document.createElement("summary");
    head.textContent = `On this phone: ${waiting.length} waiting to send`;
    const list = document.createElement("ul");
    list.className = "mb-0 mt-2";
    for (const one of waiting) {
      const line = document.createElement("li");
      line.textContent = one.label;
      list.append(line);
    }
    box.append(head, list);
    rows.push(box);
  }
  place.replaceChildren(...rows);
  return waiting.length;
}

// Once all is sent the page is drawn anew from the server, unless somebody is in the middle of something.
let quiet;
function settle() {
  clearTimeout(quiet);
  quiet = setTimeout(async () => {
    const page = document.querySelector(".visit");
    if (!page || busy(page) || (await waits())) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".visit");
    // Asked again: on a slow line somebody may have begun to type while the page was fetched.
    if (fresh && !(await waits()) && !busy(page)) {
      page.replaceWith(fresh);
      document.dispatchEvent(new Event("redrawn"));
    }
    await show();
  }, 900);
}

const waits = async () => (await mine()).some((one) => !one.refused);

const busy = (page) =>
  document.querySelector("dialog[open], .visit details[open]") ||
  [...page.querySelectorAll("canvas[data-signature]")].some((pad) => document.getElementById(pad.dataset.signature).value) ||
  [...page.querySelectorAll("input[type=text], input[type=number], textarea")].some((each) => each === document.activeElement || each.value !== each.defaultValue);

// What is typed, as the API takes it.
function values(form) {
  const data = new FormData(form);
  data.delete("csrfmiddlewaretoken");
  const found = {};
  for (const [name, value] of data) {
    const plain = name.replace(/^(asked|problem)-/, "");
    if (value === "") continue;
    const input = form.elements[name];
    if (input.type === "checkbox") found[plain] = true;
    else if (input.type === "number" || plain === "units") found[plain] = Number(value);
    else if (plain === "done") found[plain] = value === "1";
    else found[plain] = value;
  }
  return found;
}

function shownAtOnce(form, sent) {
  if (form.dataset.queue === "count") {
    const bar = document.querySelector(".visit progress");
    const counted = document.getElementById("counted");
    bar.value += sent.units;
    counted.textContent = bar.value;
    const several = document.getElementById("several");
    several.max = several.value = several.defaultValue = bar.max - bar.value;
    if (bar.value >= bar.max) for (const each of document.querySelectorAll("[data-queue=count]")) each.hidden = true;
  } else if (form.dataset.queue === "tick") {
    form.querySelector("button").setAttribute("aria-pressed", String(sent.done));
    form.elements.done.value = sent.done ? "0" : "1";
  } else {
    form.reset();
    form.closest("dialog")?.close();
  }
}

async function take(form) {
  const sent = form.dataset.queue === "photo" ? null : values(form);
  const file = form.dataset.queue === "photo" ? form.elements.file.files[0] : null;
  if (form.dataset.queue === "photo" && !file) return;
  const task = file ? form.elements.task?.value : undefined; // what the photo was taken for
  const named = file?.name ?? sent.text ?? sent.what ?? (sent.units ? `${sent.units} done` : form.textContent.trim());
  const one = {
    key: crypto.randomUUID(), member: me(), firm: form.dataset.firm, url: form.dataset.api, values: sent, file, task,
    label: named.slice(0, 80), said: form.dataset.said,
  };
  await keep(one);
  shownAtOnce(form, sent);
  await show();
  flush();
}

// Going on, or handing in, waits for what is still on the phone: pay is reckoned from it.
async function hurry(form) {
  await flush();
  if (await show()) {
    said.add("First send what waits on this phone. It is tried every 15 seconds, and when you are back online.");
    await show();
    said.clear();
  } else form.requestSubmit();
}

export function queue() {
  if (!me() || !globalThis.indexedDB || !navigator.locks) return;
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.dataset.queue) {
        if (form.closest(".visit") && document.querySelector("#queue summary")) {
          event.preventDefault();
          hurry(form);
        }
        return;
      }
      // Kept first: only when the phone keeps nothing does the form go the old way.
      event.preventDefault();
      take(form).catch(() => HTMLFormElement.prototype.submit.call(form));
    },
    true,
  );
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  flush();
}
