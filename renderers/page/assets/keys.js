// Colours.

const darkNow = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => {
  const theme = document.documentElement.dataset.theme;
  return ["auto", "contrast"].includes(theme) ? darkNow.matches : theme.endsWith("dark");
};
const named = () => { at("theme").textContent = isDark() ? "Light" : "Dark"; };
const recolour = () => {
  const dark = !isDark();
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  at("dark").media = dark ? "screen" : "not all";
  named();
  say(dark ? "dark colours" : "light colours");
};
darkNow.addEventListener("change", named);

// Keys and pointer.

const step = (by) => {
  const place = order.findIndex(([number]) => number === current);
  const next = place < 0 ? (by > 0 ? 0 : order.length - 1) : Math.min(Math.max(place + by, 0), order.length - 1);
  focusOn(order[next][0]);
};
const middle = ([, , x, y, w, h]) => [x + w / 2, y + h / 2];
const sidewise = (sign) => {
  const here = box.get(current);
  if (!here) return step(sign);
  const [cx, cy] = middle(here);
  let best = null, least = Infinity;
  for (const row of order) {
    if (row === here || isFrame(row[0])) continue;
    const [x, y] = middle(row), ahead = sign * (x - cx);
    const far = ahead + 2 * Math.abs(y - cy);
    if (ahead > 50 && far < least) [best, least] = [row, far];
  }
  if (best) focusOn(best[0]);
};
const outwards = () => {
  const path = current === null ? "" : pathOf[current];
  const around = order.map(([number]) => number)
    .filter((number) => isFrame(number) && path !== pathOf[number] && path.startsWith(`${pathOf[number]}.`)).pop();
  if (around !== undefined) return focusOn(around);
  document.activeElement?.blur?.();
  choose(null);
};
const moves = { ArrowUp: [0, 60], ArrowDown: [0, -60], ArrowLeft: [60, 0], ArrowRight: [-60, 0] };
const keys = {
  "/": () => search.focus(),
  "?": () => at("keys").showModal(),
  "+": () => zoom(1.25, undefined, undefined, true),
  "=": () => zoom(1.25, undefined, undefined, true),
  "-": () => zoom(0.8, undefined, undefined, true),
  "_": () => zoom(0.8, undefined, undefined, true),
  "0": () => fit(),
  t: recolour,
  c: () => (current === null ? say("no box is chosen") : copyPath(current)),
  ArrowUp: () => step(1),
  ArrowDown: () => step(-1),
  ArrowLeft: () => sidewise(-1),
  ArrowRight: () => sidewise(1),
  Home: () => focusOn(order[0][0]),
  End: () => focusOn(order[order.length - 1][0]),
  Escape: outwards,
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || at("keys").open) return;
  const focused = document.activeElement, onBox = focused?.number !== undefined;
  if (focused === search) return;
  if ((event.key === "Enter" || event.key === " ") && onBox) toggle(focused.number);
  else if (event.shiftKey && moves[event.key]) pan(...moves[event.key], true);
  else if (keys[event.key] && (onBox || focused === document.body || !/^(Arrow|Home|End)/.test(event.key))) keys[event.key]();
  else return;
  event.preventDefault();
});
