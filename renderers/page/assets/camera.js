// The camera: what part of the drawing is seen.

let camera = { x: 0, y: 0, scale: 1 }, fitted = true, moving = 0;
const look = (next) => {
  camera = next;
  const w = stage.clientWidth || 1, h = stage.clientHeight || 1;
  drawing.setAttribute("viewBox", [next.x, next.y, w / next.scale, h / next.scale].map((n) => +n.toFixed(2)).join(" "));
};
const glide = (next, smooth) => {
  cancelAnimationFrame(moving);
  if (!smooth || calm.matches || document.hidden) return look(next);
  const from = camera, start = performance.now();
  const step = (time) => {
    const part = Math.min(Math.max((time - start) / 220, 0), 1), t = 1 - (1 - part) ** 3;
    const mix = (a, b) => a + (b - a) * t;
    look(part === 1 ? next : { x: mix(from.x, next.x), y: mix(from.y, next.y), scale: mix(from.scale, next.scale) });
    if (part < 1) moving = requestAnimationFrame(step);
  };
  moving = requestAnimationFrame(step);
};
const whole = () => {
  const w = stage.clientWidth || 1, h = stage.clientHeight || 1;
  const scale = Math.min(w / size[0], h / size[1], 1.5);
  return { x: (size[0] - w / scale) / 2, y: (size[1] - h / scale) / 2, scale };
};
const fit = (smooth = true) => { fitted = true; glide(whole(), smooth); };
const zoom = (factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2, smooth = false) => {
  const scale = Math.min(Math.max(camera.scale * factor, SMALLEST), LARGEST);
  const px = camera.x + x / camera.scale, py = camera.y + y / camera.scale;
  fitted = false;
  glide({ x: px - x / scale, y: py - y / scale, scale }, smooth);
};
const pan = (dx, dy, smooth = false) => {
  fitted = false;
  glide({ ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale }, smooth);
};
// Moves as little as needed for a box to be seen whole; zooms out if it is too large.
const seen = (from, row) => {
  const [x, y, w, h] = row.slice(2).map((n) => n / 10);
  const wide = stage.clientWidth, high = stage.clientHeight;
  const scale = Math.max(SMALLEST, Math.min(from.scale, wide / (w + 2 * ROOM), high / (h + 2 * ROOM)));
  const clamp = (near, length, view) => {
    const room = ROOM;
    return (value) => Math.min(Math.max(value, near + length + room - view), near - room);
  };
  const cx = from.x + wide / from.scale / 2, cy = from.y + high / from.scale / 2;
  return {
    x: clamp(x, w, wide / scale)(cx - wide / scale / 2),
    y: clamp(y, h, high / scale)(cy - high / scale / 2),
    scale,
  };
};
