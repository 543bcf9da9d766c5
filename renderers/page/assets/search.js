// Search.

let listed = [], active = -1;
const searchable = pathOf.map((path, number) => number).filter((number) => !mereFrame(number)).map((number) => {
  const told = factsOf(number), path = pathOf[number];
  return { number, path: path.replace(OUTPUT, ""), words: `${told.title} ${told.block}`.toLowerCase() };
});
const matches = (text) => {
  const words = text.trim().toLowerCase();
  if (!words) return searchable;
  const folded = words.replace(/\.\d+(?=\.|$)/g, ".*");
  const rank = ({ path, words: about }) => {
    const low = path.toLowerCase();
    if (low === words) return 0;
    if (low === folded || `${low}.*` === folded) return 1;
    if (low.startsWith(words)) return 2;
    if (low.startsWith(folded)) return 3;
    if (low.includes(words) || low.includes(folded)) return 4;
    return about.includes(words) ? 5 : 9;
  };
  return searchable.map((one) => [rank(one), one]).filter(([r]) => r < 9)
    .sort((a, b) => a[0] - b[0]).map(([, one]) => one);
};
const list = () => {
  listed = matches(search.value).slice(0, 40);
  active = listed.length ? 0 : -1;
  found.replaceChildren(...listed.map(({ number, path }, k) => {
    const item = make("li", { role: "option", id: `found-${k}`, "aria-selected": String(k === 0) },
      make("code", {}, path), make("small", {}, factsOf(number).title));
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); pick(k); });
    return item;
  }));
  if (!listed.length) found.append(make("li", { role: "option", "aria-disabled": "true" }, "no box of that path or name"));
  found.hidden = false;
  search.setAttribute("aria-expanded", "true");
  mark(active);
};
const mark = (k) => {
  active = k;
  [...found.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === k)));
  if (k < 0) return search.removeAttribute("aria-activedescendant");
  search.setAttribute("aria-activedescendant", `found-${k}`);
  found.children[k].scrollIntoView({ block: "nearest" });
};
const hide = () => {
  found.hidden = true;
  search.setAttribute("aria-expanded", "false");
  search.removeAttribute("aria-activedescendant");
};
const pick = (k) => {
  const chosen = listed[k];
  if (!chosen) return;
  hide();
  search.value = "";
  reveal(chosen.number);
};
search.addEventListener("input", list);
search.addEventListener("focus", list);
search.addEventListener("blur", hide);
search.addEventListener("keydown", (event) => {
  const last = listed.length - 1;
  if (event.key === "ArrowDown" && found.hidden) list();
  else if (event.key === "ArrowDown") mark(active >= last ? 0 : active + 1);
  else if (event.key === "ArrowUp") mark(active <= 0 ? last : active - 1);
  else if (event.key === "/" && !search.value) list();  // no path has one
  else if (event.key === "Enter") { if (found.hidden) list(); else pick(active); }
  else if (event.key === "Escape") {
    if (!found.hidden && search.value) { search.value = ""; list(); }
    else { hide(); if (current !== null) focusOn(current); else search.blur(); }
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
