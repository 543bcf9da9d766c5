// The picture.

at("figure").remove();
const layers = {};
const drawing = draw("svg", {
  id: "drawing", class: "boxwork", role: "group", "aria-label": `Drawing of ${data.name}`,
});
for (const name of ["frames", "wires", "boxes", "texts", "targets"]) {
  layers[name] = draw("g", { class: name });
  if (name !== "targets") layers[name].setAttribute("aria-hidden", "true");
  drawing.append(layers[name]);
}
stage.append(drawing);

// What comes with a change fades in; the first view is just there.
const coming = () => stage.dataset.shown ? "fresh" : "";
let now = -1, order = [], box = new Map(), current = null, size = [1, 1];
const placed = new Map(), targets = new Map();

const place = (row) => {
  const [number, piece, x, y] = row;
  let element = placed.get(number);
  if (!element) {
    element = draw("g", { class: `place ${coming()}` });
    placed.set(number, element);
  }
  if (element.piece !== piece) {
    element.innerHTML = data.pieces[piece];
    element.piece = piece;
  }
  element.style.transform = `translate(${x / 10}px, ${y / 10}px)`;
  return element;
};

// Puts elements in order; one that stands where it should is not touched, so that it keeps
// its focus and moves smoothly.
const arrange = (layer, elements) => {
  let after = layer.firstChild;
  for (const element of elements) {
    if (element === after) after = after.nextSibling;
    else layer.insertBefore(element, after);
  }
};

const isFrame = (number) => openerOf(number) !== 0 && opened[now].has(openerOf(number));
const canToggle = (number) => openerOf(number) !== 0 && openable.has(openerOf(number));

const badge = (w, open) => draw("g", { class: "badge", transform: `translate(${w - 4} 4)` },
  draw("circle", { class: "reach", r: 16 }), draw("circle", { r: 10 }),
  draw("path", { d: open ? "M-5 0h10" : "M-5 0h10M0 -5v10" }));

const target = (row) => {
  const [number, , x, y, wide, high] = row;
  const w = wide / 10, h = high / 10, frame = isFrame(number);
  let element = targets.get(number);
  if (!element) {
    element = draw("g", { class: "target", tabindex: "0", "data-path": pathOf[number] });
    element.number = number;
    targets.set(number, element);
  }
  const round = frame ? 14 : Math.min(10, h / 2);
  const circle = Math.abs(w - h) < 1 && h < 40;
  element.replaceChildren(draw("rect", { class: "hit", width: w, height: h, rx: circle ? h / 2 : round }));
  element.setAttribute("transform", `translate(${x / 10} ${y / 10})`);
  element.setAttribute("aria-label", label(number));
  if (canToggle(number)) {
    element.setAttribute("role", "button");
    element.setAttribute("aria-expanded", String(frame));
    element.append(badge(w, frame));
  } else {
    element.setAttribute("role", "img");
  }
  return element;
};

const label = (number) => {
  const told = factsOf(number);
  const copies = told.copies ? [`${told.copies} copies`] : [];
  return [...new Set([told.title, told.block, ...copies, pathOf[number].replace(OUTPUT, "")])].join(", ");
};

const show = (view) => {
  now = view;
  const held = data.views[view];
  size = [held.size[0] / 10, held.size[1] / 10];
  order = rows(held.boxes, data.boxes);
  box = new Map(order.map((row) => [row[0], row]));
  for (const kept of [placed, targets]) {
    for (const [number, element] of kept) {
      if (!box.has(number)) { element.remove(); kept.delete(number); }
    }
  }
  const below = ([number]) => mereFrame(number) || isFrame(number);
  arrange(layers.frames, order.filter(below).map(place));
  arrange(layers.boxes, order.filter((row) => !below(row)).map(place));
  order = order.filter(([number]) => !mereFrame(number));
  arrange(layers.targets, order.map(target));
  layers.wires.innerHTML = rows(held.lines, data.lines).map(([piece, x, y, from, to]) =>
    `<g class="${coming()}" data-ends="${from} ${to}" transform="translate(${x / 10} ${y / 10})">` +
    `${data.pieces[piece]}</g>`).join("");
  layers.texts.innerHTML = rows(held.texts, data.texts).map(([piece, x, y]) =>
    `<g class="${coming()}" transform="translate(${x / 10} ${y / 10})">${data.pieces[piece]}</g>`).join("");
  drawing.dataset.open = [...opened[view]].map((opener) => data.openers[opener]).sort().join(" ");
  at("open-all").disabled = view === data.all;
  at("close-all").disabled = opened[view].size === 0;
  light(current);
  stage.dataset.shown = "yes";
};

// The wires that go into a box, or come out of it; of an open box, those across its border.
const crossing = (number) => {
  const prefix = isFrame(number) ? `${data.openers[openerOf(number)]}.` : null;
  const belongs = (other) => other === number || (prefix !== null && pathOf[other].startsWith(prefix));
  return (from, to) => [!belongs(from) && belongs(to), belongs(from) && !belongs(to)];
};
const light = (number) => {
  const sides = number === null || !box.has(number) ? () => [] : crossing(number);
  for (const line of layers.wires.children) {
    line.classList.toggle("lit", sides(...line.dataset.ends.split(" ").map(Number)).includes(true));
  }
};
