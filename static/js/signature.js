/* A field to sign in with finger, pen or mouse: [data-sign] around a canvas, a [data-clear] button and the hidden field
   of the strokes. The points go to the server, which draws the lines itself. */

function setup(box) {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("input[type=hidden]");
  const pen = canvas.getContext("2d");
  let strokes = [];
  let current = null;

  function draw() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 5;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    /* Ink on paper, in the dark too. */
    pen.strokeStyle = "#17212b";
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(function (point, index) {
        const x = point[0] * canvas.width;
        const y = point[1] * canvas.height;
        if (index === 0) pen.moveTo(x, y);
        else pen.lineTo(x, y);
      });
      if (stroke.length === 1) pen.lineTo(stroke[0][0] * canvas.width + 0.1, stroke[0][1] * canvas.height);
      pen.stroke();
    }
    field.value = strokes.length ? JSON.stringify(strokes) : "";
  }
  function point(event) {
    const area = canvas.getBoundingClientRect();
    function part(value, length) { return Math.round(Math.min(1, Math.max(0, value / length)) * 10000) / 10000; }
    return [part(event.clientX - area.left, area.width), part(event.clientY - area.top, area.height)];
  }

  canvas.addEventListener("pointerdown", function (event) {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    current = [point(event)];
    strokes.push(current);
    draw();
  });
  canvas.addEventListener("pointermove", function (event) {
    if (!current) return;
    current.push(point(event));
    draw();
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    canvas.addEventListener(name, function () { current = null; });
  });
  box.querySelector("[data-clear]").addEventListener("click", function () {
    strokes = [];
    current = null;
    draw();
  });
  try {
    const kept = JSON.parse(field.value || "[]");
    if (Array.isArray(kept)) strokes = kept;
  } catch {
    strokes = [];
  }
  draw();
}

document.querySelectorAll("[data-sign]").forEach(setup);
