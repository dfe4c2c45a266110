// Elements out of values. Text only ever becomes text nodes.

import { languageOf } from "./words.js";

const LINK = /https?:\/\/[^\s<>"'，。、；：！？（）「」『』《》【】…]+/g;
const TRAILING = /[.,;:!?)\]}]+$/;

export const $ = (id) => document.getElementById(id);

export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// A button that does something; `icon` is a symbol of icons.svg where it has no words of its own.
export function press(className, label, does, icon) {
  const node = make("button", className, icon ? symbol(icon) : label);
  node.type = "button";
  if (icon) node.title = node.ariaLabel = label;
  node.addEventListener("click", (event) => does(event, node));
  return node;
}

export const labelled = (label, control) => make("label", "", make("span", "", label), control);

// A dialog over everything, that is gone when it is closed.
export function modal(name, className, ...children) {
  const box = make("dialog", className, ...children);
  if (name) box.ariaLabel = name;
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

const LETTERS = new Intl.Segmenter();

const SVG = "http://www.w3.org/2000/svg";

export function symbol(name, file = "icons.svg", box = "0 0 24 24") {
  const node = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  node.setAttribute("viewBox", box);
  node.setAttribute("aria-hidden", "true");
  node.setAttribute("class", "symbol");
  use.setAttribute("href", `${file}#${name}`);
  node.append(use);
  return node;
}

export function link(address, label = address) {
  const node = make("a", "", label);
  node.href = address;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

export function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(TRAILING, "");
    parts.push(text.slice(end, found.index), link(address));
    end = found.index + address.length;
  }
  return [...parts, text.slice(end)];
}

export function words(text, className) {
  const node = make("div", className, ...linked(text));
  node.lang = languageOf(text);
  return node;
}

// A colour for a face, the same for the same id; the look of each is in style.css.
function hue(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  return `hue-${sum % 8}`;
}

export function face(name, id, className = "") {
  const node = make("span", `face ${hue(id)} ${className}`, [...LETTERS.segment(name)][0]?.segment ?? "");
  node.ariaHidden = "true";
  return node;
}
