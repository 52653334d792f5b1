// Sets the theme before the first paint: what the reader chose, else what the machine prefers.
const chosen = localStorage.getItem("theme");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.bsTheme = chosen ?? (dark ? "dark" : "light");
