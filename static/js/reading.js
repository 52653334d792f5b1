// How much of a long text has been on the screen: a progress bar that only goes forward.
export function follow() {
  for (const bar of document.querySelectorAll("[data-read-progress]")) {
    const text = document.getElementById(bar.dataset.readProgress);
    const look = () => {
      const box = text.getBoundingClientRect();
      const seen = Math.min(1, Math.max(0, (innerHeight - box.top) / box.height));
      bar.value = Math.max(bar.value, Math.round(seen * 100));
    };
    addEventListener("scroll", look, { passive: true });
    look();
  }
}
