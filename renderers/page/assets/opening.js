// Opening and closing.

const go = (view, number, before) => {
  if (view === now) return;
  show(view);
  const row = box.get(number);
  if (fitted && whole().scale >= 0.6) return fit();
  if (!row) return fit();
  let next = camera;
  if (before) {  // the middle of its lower edge stays where it was
    next = {
      ...camera,
      x: camera.x + (row[2] + row[4] / 2 - before[2] - before[4] / 2) / 10,
      y: camera.y + (row[3] + row[5] - before[3] - before[5]) / 10,
    };
    look(next);
  }
  fitted = false;
  glide(seen(next, row), true);
};

const command = (set) => ["boxwork draw … --depth 0",
  ...[...set].map((opener) => `--open '${data.openers[opener]}'`)].join(" ");

const toggle = (number) => {
  if (!canToggle(number)) return say(`${factsOf(number).title} is made of no further boxes`);
  const opener = openerOf(number), name = data.openers[opener], opens = !opened[now].has(opener);
  const inside = (other) => other === opener || data.openers[other].startsWith(`${name}.`);
  const wanted = opens ? new Set([...opened[now], opener])
    : new Set([...opened[now]].filter((other) => !inside(other)));
  const [view, far] = nearest(wanted, (one) => opened[one].has(opener) === opens);
  if (view < 0) {
    return notice(`This page does not hold that view. To draw it: ${command(wanted)}`);
  }
  const before = box.get(number), had = new Set(opened[now]);
  go(view, number, before);
  if (!box.has(number)) number = inPlaceOf(name);
  focusOn(number);
  const lost = [...had].filter((other) => wanted.has(other) && !opened[view].has(other));
  const said = `${pathOf[number]} ${opens ? "opened" : "closed"}`;
  if (far > 0) {
    const names = lost.map((other) => data.openers[other]).join(", ");
    notice(`${said}; ${names ? `${names} closed, ` : ""}because this page holds ${data.views.length} views, not all`);
  } else {
    say(said);
  }
};

// Copies are told apart, or drawn as one again: the box that a copy is, or is now part of.
const inPlaceOf = (name) => {
  const [, stem, copy] = name.match(/^(.*)\.(\d+|\*)$/) ?? [, name, "0"];
  const holdsCopy = (path) => {
    const [, head, first, last] = path.match(/^(.*)\.(\d+)-(\d+)$/) ?? [];
    return head === stem && +first <= +copy && +copy <= +last;
  };
  const paths = order.map(([number]) => pathOf[number]);
  return numberOf.get(paths.find((path) => path === name || path === stem || holdsCopy(path)));
};

const every = (view) => {
  const row = current === null ? null : box.get(current);
  if (view < 0 || view === now) return;
  show(view);
  if (row && !box.has(current)) choose(null);
  fit();
  say(opened[view].size ? "all boxes opened" : "all boxes closed");
};

const reveal = (number) => {
  if (!box.has(number)) {
    const [view] = nearest(opened[now], (one) => holds(one, number));
    if (view < 0) return notice(`${pathOf[number]} is in no view of this page`);
    go(view, number, null);
  }
  focusOn(number);
  glide(seen(camera, box.get(number)), true);
};
