// The keyboard of somebody who lives in it all day: Ctrl-K finds, / searches the list, j and k walk its rows, Enter opens.
const ROWS = "main tbody tr, main .list-group-item, main .card.row-card";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
const palette = () => document.getElementById("palette");

function openPalette() {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector("input").select();
}

// The first link of each row stands for it.
function walk(step) {
  const links = [...document.querySelectorAll(ROWS)].map((row) => row.querySelector("a[href]")).filter(Boolean);
  if (!links.length) return;
  const here = links.findIndex((link) => link.closest(ROWS).contains(document.activeElement));
  const next = links[here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function within(dialog, event) {
  const hits = [...dialog.querySelectorAll("a.hit")].filter((hit) => hit.offsetParent);
  const here = hits.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = here + (event.key === "ArrowDown" ? 1 : -1);
    (hits[next] ?? (next < 0 ? dialog.querySelector("input") : hits.at(-1)))?.focus();
  } else if (event.key === "Enter" && here < 0) {
    event.preventDefault();
    hits[0]?.click();
  }
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      if (!palette()) return;
      event.preventDefault();
      openPalette();
      return;
    }
    if (palette()?.open) {
      within(palette(), event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      event.preventDefault();
      const search = document.querySelector("main input[type=search], main input[name=q]");
      if (search) search.select();
      else openPalette();
    } else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
  });
  // What the page list says again is hidden while something is sought.
  palette()?.addEventListener("input", (event) => {
    document.getElementById("pages").hidden = event.target.value.trim() !== "";
  });
}
