// Makes a chat's bubbles out of LINE's message objects. Text only ever becomes text nodes.

import { languageOf, say, time } from "./words.js";

export const STICKERS = [
  { package: "446", sticker: "1988", name: "hello" },
  { package: "446", sticker: "1989", name: "good" },
  { package: "446", sticker: "1990", name: "laugh" },
  { package: "446", sticker: "1991", name: "thanks" },
  { package: "446", sticker: "1992", name: "think" },
  { package: "446", sticker: "1993", name: "cry" },
];

const LINK = /https?:\/\/[^\s<>"'，。、；：！？（）「」『』《》【】…]+/g;
const TRAILING = /[.,;:!?)\]}]+$/;

export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function link(address, label = address) {
  const node = make("a", "", label);
  node.href = address;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(TRAILING, "");
    parts.push(text.slice(end, found.index), link(address));
    end = found.index + address.length;
  }
  return [...parts, text.slice(end)];
}

function words(text, className) {
  const node = make("div", className, ...linked(text));
  node.lang = languageOf(text);
  return node;
}

function button(action, tap) {
  const node = make("button", "", action.label ?? action.text ?? "…");
  node.type = "button";
  node.addEventListener("click", () => tap(action, node));
  return node;
}

function card(part, tap, side = "") {
  const node = make("div", "bubble card");
  const text = make("div", "card-text");
  if (part.title) text.append(words(part.title, "card-title"));
  text.append(words(part.text ?? "", ""));
  const buttons = (part.actions ?? []).map((action) => button(action, tap));
  node.append(text, make("div", `card-buttons ${side}`, ...buttons));
  return node;
}

const TEMPLATES = {
  buttons: (template, tap) => card(template, tap),
  confirm: (template, tap) => card(template, tap, "side-by-side"),
  carousel: (template, tap) =>
    make("div", "carousel", ...template.columns.map((column) => card(column, tap))),
};

function unshown(content) {
  const node = words(content.altText ?? say("unshown", { type: content.type }), "bubble");
  if (content.altText) node.append(make("small", "", say("unshown", { type: content.type })));
  return node;
}

function media(content) {
  const node = make("div", "bubble", say("unshown", { type: content.type }));
  if (content.originalContentUrl) node.append(" ", link(content.originalContentUrl));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function drawing(name) {
  const node = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  node.setAttribute("viewBox", "0 0 100 100");
  node.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `stickers.svg#${name}`);
  node.append(use);
  return node;
}

export const stickerName = (one) => say("sticker", { name: say(`sticker_${one.name}`) });

function sticker(content) {
  const known = STICKERS.find((one) => one.sticker === content.stickerId);
  const node = make("div", "sticker", drawing(known?.name ?? "hello"));
  node.role = "img";
  node.ariaLabel = known ? stickerName(known) : say("sticker", { name: content.stickerId });
  return node;
}

const KINDS = {
  text: (content) => words(content.text, "bubble"),
  textV2: (content) => words(content.text.replaceAll("{{", "{").replaceAll("}}", "}"), "bubble"),
  sticker,
  template: (content, tap) =>
    TEMPLATES[content.template.type]?.(content.template, tap) ?? unshown(content),
  location: (content) => words(`${content.title}\n${content.address}`, "bubble"),
  image: media,
  video: media,
  audio: media,
};

function notes(message) {
  const node = make("div", "notes");
  if (message.read) node.append(make("span", "", say("read")));
  const stamp = make("time", "", time(message.at));
  stamp.dateTime = new Date(message.at).toISOString();
  node.append(stamp);
  return node;
}

function unsendButton(message, unsend) {
  const node = make("button", "unsend", "×");
  node.type = "button";
  node.title = node.ariaLabel = say("unsend");
  node.addEventListener("click", () => unsend(message));
  return node;
}

// One message as a list item. `first` is true where somebody else spoke before.
export function bubble(message, { first, face, tap, unsend }) {
  if (message.unsent) return make("li", "notice", say("unsent"));
  const mine = message.from === "user";
  const item = make("li", `row ${mine ? "user" : "bot"}${first ? " first" : ""}`);
  const content = (KINDS[message.content.type] ?? unshown)(message.content, tap);
  if (mine) {
    const beside = make("div", "beside", unsendButton(message, unsend), notes(message));
    item.append(make("div", "line", beside, content));
    if (["waiting", "failed"].includes(message.delivery)) {
      item.append(make("div", `delivery ${message.delivery}`, say(message.delivery)));
    }
  } else {
    const portrait = make("span", "face small", first ? face : "");
    portrait.ariaHidden = "true";
    item.append(portrait, content, notes(message));
  }
  return item;
}

export function chip(action, tap) {
  const node = button(action, tap);
  node.className = "chip";
  return node;
}
