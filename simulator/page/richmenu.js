// The rich menu under the chat with the bot: a picture with places to tap, and a bar that opens it.

import { $ } from "./dom.js";
import { place } from "./pictures.js";

const shownTo = ({ menus, default: usual, linked }, user) => menus.find((menu) => menu.richMenuId === (linked[user] ?? usual));

export function richMenu(store, { tap }) {
  let drawn = "";

  function draw() {
    if (!store.state) return;
    const menu = store.isGroup() ? undefined : shownTo(store.state.menus, store.me);
    $("menu").hidden = !menu;
    const now = `${store.me} ${menu?.richMenuId}`;
    if (!menu || now === drawn) return;
    drawn = now;
    $("menu-bar").textContent = `${menu.chatBarText} ▾`;
    $("menu-picture").replaceChildren(image(menu), ...menu.areas.map((area) => spot(area, menu.size)));
    unfold(menu.selected);
  }

  function image({ richMenuId, chatBarText, size }) {
    const node = new Image();
    node.src = `/sim/menus/${richMenuId}`;
    node.alt = chatBarText;
    node.style.aspectRatio = `${size.width} / ${size.height}`;
    return node;
  }

  function spot({ bounds, action }, size) {
    const label = action.label ?? action.text ?? action.displayText ?? action.uri ?? action.data ?? "";
    return place(bounds, size, label, (node) => tap(action, node));
  }

  function unfold(on) {
    $("menu-picture").hidden = !on;
    $("menu-bar").ariaExpanded = String(on);
  }

  $("menu-bar").addEventListener("click", () => unfold($("menu-picture").hidden));
  for (const type of ["hello", "open", "state"]) store.on(type, draw);
}
