// Mentioning in a group: "@" opens a list of who is there; what was chosen is sent with its place.

import { $, face, make } from "./dom.js";
import { speak } from "./words.js";

const say = speak({ "zh-Hant": { list: "提及誰" }, en: { list: "Mention somebody" } });
const OPEN = /(?:^|[^\w@])@([^\s@]*)$/; // not in the middle of an address

export function mentions(store, field) {
  const box = $("mentions");
  let chosen = new Map(); // "@name" → who
  let found = [];
  let at = 0;
  box.ariaLabel = say("list");

  function known() {
    const group = store.about(store.chat);
    if (!group || group.kind === "user") return [];
    const { bot } = store.state;
    const people = group.members.filter((id) => id !== store.me).map((id) => ({ who: id, name: store.name(id) }));
    return [...(group.bot ? [{ who: "bot", name: bot.name }] : []), ...people, { who: "all", name: "All" }];
  }

  function look() {
    const before = field.value.slice(0, field.selectionStart);
    const [, begun] = OPEN.exec(before) ?? [];
    found = begun === undefined ? [] : known().filter((one) => one.name.toLowerCase().startsWith(begun.toLowerCase()));
    at = 0;
    draw();
  }

  function draw() {
    box.hidden = found.length === 0;
    box.replaceChildren(
      ...found.map((one, index) => {
        const node = make("div", "", face(one.name, one.who, "tiny"), one.name);
        node.id = `mention-${index}`;
        node.role = "option";
        node.ariaSelected = String(index === at);
        node.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
        node.addEventListener("click", () => choose(index));
        return node;
      }),
    );
    box.children[at]?.scrollIntoView({ block: "nearest" });
    if (found.length > 0) field.setAttribute("aria-activedescendant", `mention-${at}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    const one = found[index];
    const end = field.selectionStart;
    const start = field.value.lastIndexOf("@", end - 1);
    const name = `@${one.name}`;
    chosen.set(name, one.who);
    field.setRangeText(`${name} `, start, end, "end");
    found = [];
    draw();
    field.dispatchEvent(new Event("input"));
  }

  field.addEventListener("input", look);
  field.addEventListener("click", look);
  field.addEventListener("blur", () => {
    found = [];
    draw();
  });

  return {
    // Where in a text those who were chosen are named. Of names that begin alike the longest is meant.
    places(text) {
      const names = [...chosen.keys()].sort((one, other) => other.length - one.length);
      const places = [];
      for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
        const name = names.find((each) => text.startsWith(each, at));
        if (!name) continue;
        places.push({ index: at, length: name.length, who: chosen.get(name) });
        at += name.length - 1;
      }
      return places;
    },
    // Those who are mentioned in a message are mentioned in what is made of it.
    know(content) {
      for (const { index, length, type, userId, isSelf } of content.mention?.mentionees ?? []) {
        chosen.set(content.text.slice(index, index + length), isSelf ? "bot" : type === "all" ? "all" : userId);
      }
    },
    // Whom the next text may mention; `kept` is what an earlier call returned.
    begin(kept = new Map()) {
      const before = chosen;
      chosen = kept;
      return before;
    },
    // True where a key was meant for the open list.
    takes(event) {
      if (found.length === 0) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        at = (at + step + found.length) % found.length;
        draw();
      } else if (event.key === "Enter" || event.key === "Tab") choose(at);
      else if (event.key === "Escape") {
        found = [];
        draw();
      } else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}
