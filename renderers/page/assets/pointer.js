// What the pointer does, and what is focused.

const targetOf = (event) => event.target.closest?.(".target");
stage.addEventListener("focusin", (event) => {  // SVG that listens for focus would be a stop of Tab
  const number = targetOf(event)?.number;
  if (number === undefined) return;
  choose(number);
  say(sentence(number));
  if (!held.size) glide(seen(camera, box.get(number)), true);
});
layers.targets.addEventListener("pointerover", (event) => {
  const over = targetOf(event);
  if (over && event.pointerType === "mouse" && !held.size) { tell(over.number); light(over.number); }
});
// The tip of a neuron or a weighted line under the pointer: the box it stands in lies above it.
layers.targets.addEventListener("pointermove", (event) => {
  const over = targetOf(event);
  if (!over || !isFrame(over.number)) return;
  const below = document.elementsFromPoint(event.clientX, event.clientY);
  const tip = below.map((one) => one.closest(".edge, .neuron")?.querySelector("title")?.textContent).find(Boolean);
  const title = over.querySelector("title") ?? over.appendChild(draw("title"));
  if (title.textContent !== (tip ?? "")) title.textContent = tip ?? "";
});
layers.targets.addEventListener("pointerleave", () => { tell(current); light(current); });
layers.targets.addEventListener("click", (event) => {
  const over = targetOf(event);
  if (!over || dragged) return;
  const corner = event.target.closest(".badge") || event.detail === 0;
  if (canToggle(over.number) && (corner || !isFrame(over.number))) toggle(over.number);
  else focusOn(over.number);
});

const held = new Map();
let dragged = false;
const spot = (event) => {
  const { left, top } = stage.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
};
drawing.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  if (!held.size) dragged = false;
  held.set(event.pointerId, spot(event));
  if (held.size > 1) dragged = true;
});
drawing.addEventListener("pointermove", (event) => {
  const before = held.get(event.pointerId);
  if (!before) return;
  const [x, y] = spot(event);
  if (!dragged && Math.hypot(x - before[0], y - before[1]) < 5) return;
  if (!dragged || !drawing.hasPointerCapture(event.pointerId)) drawing.setPointerCapture(event.pointerId);
  dragged = true;
  drawing.classList.add("held");
  const others = [...held].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
  if (others.length) {
    const [ox, oy] = others[0];
    const mx = (x + ox) / 2, my = (y + oy) / 2;
    pan(mx - (before[0] + ox) / 2, my - (before[1] + oy) / 2);
    zoom(Math.hypot(x - ox, y - oy) / Math.max(Math.hypot(before[0] - ox, before[1] - oy), 1), mx, my);
  } else {
    pan(x - before[0], y - before[1]);
  }
  held.set(event.pointerId, [x, y]);
});
for (const name of ["pointerup", "pointercancel"]) {
  addEventListener(name, (event) => {
    held.delete(event.pointerId);
    if (!held.size) drawing.classList.remove("held");
  });
}
drawing.addEventListener("wheel", (event) => {
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 16 : 1;
  zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015)), ...spot(event));
}, { passive: false });

// Buttons, paper, and how it begins.

at("in").addEventListener("click", keys["+"]);
at("out").addEventListener("click", keys["-"]);
at("fit").addEventListener("click", keys["0"]);
at("theme").addEventListener("click", recolour);
at("help").addEventListener("click", keys["?"]);
at("open-all").addEventListener("click", () => every(data.all));
at("close-all").addEventListener("click", () => every(opened.findIndex((set) => !set.size)));

// Paper: the whole drawing, whatever is seen on the screen.
addEventListener("beforeprint", () => {
  drawing.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
});
addEventListener("afterprint", () => look(camera));
new ResizeObserver(() => (fitted ? fit(false) : look(camera))).observe(stage);

named();
show(0);
fit(false);
overview();
