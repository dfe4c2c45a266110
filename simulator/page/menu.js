// A small menu beside a button: arrow keys walk, Escape goes back, a click elsewhere closes.

import { make } from "./dom.js";

let close = () => {};

export function menu(anchor, entries) {
  const again = anchor.ariaExpanded === "true";
  close();
  if (again) return;
  const list = make("div", "menu");
  list.role = "menu";
  const items = entries.map(([label, does]) => {
    const item = make("button", "", label);
    item.type = "button";
    item.role = "menuitem";
    item.tabIndex = -1;
    item.addEventListener("click", () => {
      close();
      does();
    });
    return item;
  });
  list.append(...items);
  document.body.append(list);
  place(list, anchor);
  anchor.ariaExpanded = "true";
  const outside = (event) => !list.contains(event.target) && !anchor.contains(event.target) && close();
  close = () => {
    close = () => {};
    document.removeEventListener("pointerdown", outside, true);
    list.remove();
    anchor.ariaExpanded = "false";
    if (document.activeElement === document.body) anchor.focus();
  };
  document.addEventListener("pointerdown", outside, true);
  list.addEventListener("keydown", (event) => walk(event, items));
  items[0]?.focus();
}

function walk(event, items) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  }
  if (event.key === "Escape" || event.key === "Tab") {
    event.stopPropagation();
    close();
  }
}

const GAP = 6;

function place(list, anchor) {
  const at = anchor.getBoundingClientRect();
  const below = at.bottom + GAP + list.offsetHeight < innerHeight;
  list.style.top = `${below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - list.offsetHeight)}px`;
  list.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - list.offsetWidth - GAP))}px`;
}
