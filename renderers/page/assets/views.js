// All scripts of the page are one: they stand in html.py in the order in which they run. They show
// the views of a drawing that the page holds, and move between them. No layout is made here: each
// view says where every piece stands. Pieces are markup that boxwork has escaped; all other words
// go in as text.

// The views are alike, so they are kept deflated: a fifth of their size, as text.
const packed = Uint8Array.from(atob(document.getElementById("data").textContent), (one) => one.charCodeAt(0));
const data = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
const at = (id) => document.getElementById(id);
const stage = at("stage"), panel = at("panel"), search = at("search"), found = at("found");
const SVG = "http://www.w3.org/2000/svg";
const OUTPUT = /^output /;  // before the names of outputs, which may also be names of boxes
const SMALLEST = 0.05, LARGEST = 8, ROOM = 24;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const make = (tag, facts = {}, ...inside) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
};
const draw = (tag, facts = {}, ...inside) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(facts)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
};

// The views.

const pathOf = data.paths.map(([path]) => path);
const numberOf = new Map(pathOf.map((path, number) => [path, number]));
const mereFrame = (number) => data.paths[number][1] < 0;  // round several boxes, and none itself
const factsOf = (number) => data.facts[data.paths[number][1]];
const openerOf = (number) => data.paths[number][2];
const openable = new Set(data.views.flatMap((view) => view.open));
const rows = (runs, all) => {
  const list = [];
  for (let i = 0; i < runs.length; i += 2) {
    for (let k = 0; k < runs[i + 1]; k++) list.push(all[runs[i] + k]);
  }
  return list;
};
const apart = (one, other) => {
  let count = 0;
  for (const path of one) if (!other.has(path)) count++;
  for (const path of other) if (!one.has(path)) count++;
  return count;
};
const opened = data.views.map((view) => new Set(view.open));
const shownIn = data.views.map(() => null);
const holds = (view, number) => {
  shownIn[view] ??= new Set(rows(data.views[view].boxes, data.boxes).map(([path]) => path));
  return shownIn[view].has(number);
};
// The view that differs least from the boxes that should be open, among those that will do.
const nearest = (wanted, willDo) => {
  let best = -1, least = Infinity;
  for (let view = 0; view < data.views.length; view++) {
    const far = apart(wanted, opened[view]);
    if (far < least && willDo(view)) [best, least] = [view, far];
  }
  return [best, least];
};
