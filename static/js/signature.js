// A drawn signature: pointer strokes on a canvas. A client's sign-off is sent as a PNG data address (`data-signature`), a
// signature under an agreement as its strokes, in thousandths of the box's width (`data-strokes`); each in a hidden field.
const THOUSAND = 1000;

function ready(canvas) {
  const field = document.getElementById(canvas.dataset.signature ?? canvas.dataset.strokes);
  const pen = canvas.getContext("2d");
  const ratio = devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  pen.scale(ratio, ratio);
  pen.lineWidth = 2.2;
  pen.lineCap = "round";
  let drawing = false;
  let strokes = canvas.dataset.strokes && field.value ? JSON.parse(field.value) : [];
  // What was drawn before a form came back with a question is still there.
  for (const stroke of strokes) {
    pen.beginPath();
    for (const [x, y] of stroke) pen.lineTo((x * canvas.clientWidth) / THOUSAND, (y * canvas.clientWidth) / THOUSAND);
    pen.stroke();
  }
  const at = (event) => [event.offsetX, event.offsetY];
  const kept = (event) => at(event).map((each) => Math.min(THOUSAND, Math.max(0, Math.round((each * THOUSAND) / canvas.clientWidth))));
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
    strokes.push([kept(event)]);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
    strokes.at(-1).push(kept(event));
  });
  const lifted = () => {
    if (!drawing) return;
    drawing = false;
    field.value = canvas.dataset.strokes ? JSON.stringify(strokes) : canvas.toDataURL("image/png");
  };
  canvas.addEventListener("pointerup", lifted);
  canvas.addEventListener("pointercancel", lifted);
  document.querySelector(`[data-clear="${canvas.id}"]`)?.addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    strokes = [];
    field.value = "";
  });
}

export function start() {
  for (const canvas of document.querySelectorAll("canvas[data-signature], canvas[data-strokes]")) ready(canvas);
}
