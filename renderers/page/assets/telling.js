// What is told.

const say = (words) => { at("status").textContent = words; };
let noticed = 0;
const notice = (words) => {
  say(words);
  at("notice")?.remove();
  const shown = make("div", { id: "notice", "aria-hidden": "true" }, words);
  stage.append(shown);
  clearTimeout(noticed);
  noticed = setTimeout(() => shown.remove(), 7000);
};
const count = (n) => n.toLocaleString("en-US");
const section = (title, ...inside) => [make("h3", {}, title), ...inside];
const table = (lines) => make("table", {}, ...lines.map(([name, ...rest]) =>
  make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, rest.join(", ")))));
const neighbours = (number) => {
  const from = new Set(), to = new Set(), sides = crossing(number);
  for (const [, , , source, end] of rows(data.views[now].lines, data.lines)) {
    const [comes, goes] = sides(source, end);
    if (comes) from.add(pathOf[source].replace(OUTPUT, ""));
    if (goes) to.add(pathOf[end].replace(OUTPUT, ""));
  }
  return [[...from], [...to]];
};
const fill = (...inside) => { panel.replaceChildren(...inside.flat()); };

const tell = (number) => {
  if (number === null) return overview();
  const told = factsOf(number), path = pathOf[number].replace(OUTPUT, "");
  const copy = make("button", { type: "button", id: "copy", title: "Copy path (c)" }, "Copy path");
  copy.addEventListener("click", () => copyPath(number));
  const toggles = canToggle(number) ? [make("button", { type: "button", id: "toggle" }, isFrame(number) ? "Close" : "Open")] : [];
  toggles.forEach((button) => button.addEventListener("click", () => toggle(number)));
  const each = told.copies ? `, in each of ${told.copies} copies` : "";
  const [from, to] = neighbours(number);
  fill(
    make("h2", {}, told.title),
    make("p", { class: "less" }, [told.block === told.title ? "" : told.block,
      told.copies ? `${told.copies} copies` : ""].filter(Boolean).join(", ")),
    make("div", { class: "path" }, make("code", {}, path), copy, ...toggles),
    told.about ? make("p", {}, told.about) : [],
    (told.notes ?? []).map((words) => make("p", { class: "less" }, words)),
    told.type ? section("Carries", make("p", { class: "code" }, told.type)) : [],
    told.parameters ? section("Parameters", make("p", {}, count(told.parameters) + each)) : [],
    told.arrays ? table(told.arrays) : [],
    told.formula ? section("Formula", make("p", { class: "code" }, told.formula.replaceAll("; ", "\n"))) : [],
    told.reads ? section("Inputs", table(told.reads)) : [],
    from.length ? make("p", { class: "less" }, `from ${from.join(", ")}`) : [],
    told.gives ? section("Outputs", table(told.gives)) : [],
    to.length ? make("p", { class: "less" }, `to ${to.join(", ")}`) : [],
    told.settings ? section("Settings", table(told.settings)) : [],
    told.source ? section("Source", make("p", {}, told.source)) : [],
  );
};
const overview = () => fill(
  make("h2", {}, data.name),
  data.about ? make("p", {}, data.about) : [],
  section("Parameters", make("p", {}, count(data.parameters))),
  section("Inputs", table(data.inputs)),
  section("Outputs", table(data.outputs)),
  make("p", { class: "less" }, "Point at a box, or step to it with Tab, to read about it. Boxes with + at their corner can be opened."),
);
const choose = (number) => {
  current = number;
  tell(number);
  light(number);
};
const sentence = (number) => {
  const told = factsOf(number), gives = (told.gives ?? []).map(([, ...types]) => types.join(", "));
  const state = canToggle(number) ? (isFrame(number) ? "open, Enter closes" : "closed, Enter opens") : "";
  return [label(number), told.parameters ? `${count(told.parameters)} parameters` : "",
    gives.length ? `gives ${gives.join(" and ")}` : told.type ?? "", state].filter(Boolean).join("; ");
};
const focusOn = (number) => {
  const element = targets.get(number);
  if (!element) return;
  if (document.activeElement === element) choose(number);
  element.focus({ preventScroll: true });
};

const copyPath = async (number) => {
  const path = pathOf[number].replace(OUTPUT, "");
  try {
    await navigator.clipboard.writeText(path);
  } catch {  // no clipboard for this page: the old way
    const held = make("textarea", { "aria-hidden": "true" });
    const back = document.activeElement;
    held.value = path;
    document.body.append(held);
    held.select();
    const done = document.execCommand("copy");
    held.remove();
    back?.focus?.({ preventScroll: true });
    if (!done) return notice(`Could not copy; the path is ${path}`);
  }
  notice(`Copied ${path}`);
};
