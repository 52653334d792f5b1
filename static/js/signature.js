// A drawn signature: pointer strokes on a canvas, sent as a PNG data address in a hidden field.
function ready(canvas) {
  const field = document.getElementById(canvas.dataset.signature);
  const pen = canvas.getContext("2d");
  const ratio = devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  pen.scale(ratio, ratio);
  pen.lineWidth = 2.2;
  pen.lineCap = "round";
  let drawing = false;
  const at = (event) => [event.offsetX, event.offsetY];
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    drawing = false;
    field.value = canvas.toDataURL("image/png");
  });
  document.querySelector(`[data-clear="${canvas.id}"]`)?.addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
  });
}

export function start() {
  for (const canvas of document.querySelectorAll("canvas[data-signature]")) ready(canvas);
}
