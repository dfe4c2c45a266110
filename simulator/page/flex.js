// Flex messages as LINE lays them out: each component becomes an element, its properties become
// styles. What isn't in LINE's format is left out, and text only ever becomes text nodes.

import { film } from "./media.js";
import { picture } from "./pictures.js";
import { languageOf } from "./words.js";

const FONT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const PICTURE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const BUBBLES = ["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"];
const PLACE = { top: "flex-start", center: "center", bottom: "flex-end", start: "flex-start", end: "flex-end" };
const COLOUR = /^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i;
const LENGTH = /^-?\d+(?:\.\d+)?(?:px|%)$/;

const colour = (value) => (COLOUR.test(value) ? value : "");
const length = (value, steps) => (value in steps ? `${steps[value]}px` : LENGTH.test(value) ? value : "");
const pick = (value, words) => (words.includes(value) ? value : "");

function ratio(value, usual) {
  const [, width, height] = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(value ?? usual) ?? [];
  return height > 0 ? `${width} / ${height}` : "1 / 1";
}

function element(tag, name) {
  const node = document.createElement(tag);
  node.className = name;
  return node;
}

// What taps: a box, a text, a picture. The whole of it is the button.
function tappable(node, action, { tap }) {
  if (!action) return node;
  node.classList.add("flex-tap");
  node.tabIndex = 0;
  // What holds buttons of its own can't be one to a screen reader, which would hide those within.
  node.role = node.querySelector(".flex-button, .flex-tap, .play") ? "group" : action.type === "uri" ? "link" : "button";
  if (action.label) node.ariaLabel = action.label;
  const go = (event) => {
    event.stopPropagation();
    tap(action, node);
  };
  node.addEventListener("click", go);
  node.addEventListener("keydown", (event) => {
    if (event.target !== node || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    go(event);
  });
  return node;
}

function fontOf(style, part) {
  style.fontSize = length(part.size, FONT);
  style.color = colour(part.color);
  style.fontWeight = part.weight === "bold" ? "700" : part.weight === "regular" ? "400" : "";
  style.fontStyle = pick(part.style, ["normal", "italic"]);
  style.textDecoration = pick(part.decoration, ["underline", "line-through", "none"]);
}

// -- components --------------------------------------------------------------------------------

function text(part, to) {
  const node = element("div", part.wrap ? "flex-text wraps" : "flex-text");
  const lines = Number(part.maxLines) || 0;
  const inner = part.wrap && lines > 0 ? element("div", "flex-clamp") : node;
  if (inner !== node) {
    inner.style.webkitLineClamp = String(lines);
    node.append(inner);
  }
  const spans = Array.isArray(part.contents) ? part.contents : [];
  inner.append(...(spans.length > 0 ? spans.map(span) : [part.text ?? ""]));
  node.lang = languageOf(inner.textContent);
  fontOf(node.style, part);
  node.style.textAlign = pick(part.align, ["start", "center", "end"]);
  if (LENGTH.test(part.lineSpacing)) node.style.lineHeight = `calc(1.4em + ${part.lineSpacing})`;
  return tappable(node, part.action, to);
}

function span(part) {
  const node = document.createElement("span");
  node.textContent = part.text ?? "";
  fontOf(node.style, part);
  return node;
}

function button(part, to) {
  const action = part.action ?? {};
  const style = pick(part.style, ["primary", "secondary"]) || "link";
  const node = element("button", `flex-button ${style}${part.height === "sm" ? " small" : ""}`);
  node.type = "button";
  node.textContent = action.label ?? "…";
  node.lang = languageOf(node.textContent);
  const own = colour(part.color);
  if (own && style === "link") node.style.color = own;
  else if (own) node.style.backgroundColor = own;
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    to.tap(action, node);
  });
  return node;
}

function image(part, to) {
  const node = element("div", "flex-image");
  node.style.alignItems = PLACE[part.align] ?? "center";
  node.style.justifyContent = PLACE[part.gravity] ?? "";
  const fit = part.aspectMode === "cover" ? "cover" : "contain";
  const width = part.size === "full" ? "100%" : length(part.size ?? "md", PICTURE);
  const tight = width.endsWith("px") && Number.parseFloat(width) < PICTURE.md;
  const shown = picture(part.url, { ratio: ratio(part.aspectRatio, "1:1"), fit, label: part.action?.label, tight });
  shown.style.width = width;
  const ground = colour(part.backgroundColor);
  if (ground) shown.style.backgroundColor = ground;
  node.append(shown);
  return tappable(node, part.action, to);
}

function icon(part) {
  const node = element("div", "flex-icon");
  const size = length(part.size ?? "md", FONT);
  node.style.width = size;
  node.append(picture(part.url, { ratio: ratio(part.aspectRatio, "1:1"), fit: "contain", small: true }));
  return node;
}

function video(part, to) {
  const node = film("flex-video", part.url, part.previewUrl, ratio(part.aspectRatio, "20:13"));
  return tappable(node, part.action, to);
}

function separator(part) {
  const node = element("hr", "flex-separator");
  const own = colour(part.color);
  if (own) node.style.borderColor = own;
  return node;
}

const filler = () => element("div", "flex-filler");

function box(part, to) {
  const layout = pick(part.layout, ["horizontal", "vertical", "baseline"]) || "vertical";
  const node = element("div", `flex-box ${layout}`);
  const { style } = node;
  for (const [name, value] of [
    ["padding", part.paddingAll],
    ["paddingTop", part.paddingTop],
    ["paddingBottom", part.paddingBottom],
    ["paddingInlineStart", part.paddingStart],
    ["paddingInlineEnd", part.paddingEnd],
  ]) {
    if (value) style[name] = length(value, SPACE);
  }
  for (const name of ["width", "maxWidth", "height", "maxHeight"]) {
    if (LENGTH.test(part[name])) style[name] = part[name];
  }
  style.backgroundColor = colour(part.backgroundColor);
  style.borderWidth = length(part.borderWidth, BORDER);
  style.borderColor = colour(part.borderColor);
  style.borderRadius = length(part.cornerRadius, SPACE);
  style.justifyContent = pick(part.justifyContent, [
    "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly",
  ]);
  style.alignItems = pick(part.alignItems, ["center", "flex-start", "flex-end"]);
  ground(style, part.background);
  for (const child of part.contents ?? []) put(node, child, part, to);
  return tappable(node, part.action, to);
}

function ground(style, given) {
  if (given?.type !== "linearGradient" || !/^\d+(\.\d+)?deg$/.test(given.angle)) return;
  const middle = colour(given.centerColor);
  const at = /^\d+(\.\d+)?%$/.test(given.centerPosition) ? given.centerPosition : "50%";
  const stops = [colour(given.startColor), middle && `${middle} ${at}`, colour(given.endColor)];
  style.backgroundImage = `linear-gradient(${given.angle}, ${stops.filter(Boolean).join(", ")})`;
}

const COMPONENTS = { text, button, image, icon, video, separator, filler, box, span };

// A child in its place: how it grows, how far it stands from the one before, where it sits. One of
// an absolute place stands in nobody's way.
function put(parent, part, { layout, spacing }, to) {
  const make = COMPONENTS[part?.type];
  if (!make) return;
  const node = make(part, to);
  const { style } = node;
  const across = layout === "vertical";
  const usual = part.type === "filler" ? 1 : across || part.type === "separator" || part.type === "icon" ? 0 : 1;
  const grows = Number.isInteger(part.flex) ? part.flex : usual;
  const fixed = part.type === "box" && part.width && !Number.isInteger(part.flex);
  style.flex = grows > 0 && !fixed ? (across ? `${grows} 0 auto` : `${grows} 1 0`) : "0 0 auto";
  if (!across && grows === 0 && part.type === "text") style.flex = "0 1 auto";
  const gap = length(part.margin ?? spacing, SPACE);
  const floats = part.position === "absolute";
  if (!floats && gap && parent.querySelector(":scope > :not(.flex-absolute)")) style[across ? "marginTop" : "marginInlineStart"] = gap;
  if (part.gravity) style.alignSelf = across ? style.alignSelf : PLACE[part.gravity] ?? "";
  if (floats) node.classList.add("flex-absolute");
  for (const [name, side] of [
    ["offsetTop", "top"], ["offsetBottom", "bottom"],
    ["offsetStart", "insetInlineStart"], ["offsetEnd", "insetInlineEnd"],
  ]) {
    if (part[name]) style[side] = length(part[name], SPACE);
  }
  parent.append(node);
}

// -- containers --------------------------------------------------------------------------------

function bubble(part, to) {
  const size = pick(part.size, BUBBLES) || "mega";
  const node = element("div", `flex-bubble ${size}`);
  if (part.direction === "rtl") node.dir = "rtl";
  for (const name of ["header", "hero", "body", "footer"]) {
    if (!part[name]) continue;
    const block = element("div", `flex-block flex-${name}`);
    const look = part.styles?.[name] ?? {};
    block.style.backgroundColor = colour(look.backgroundColor);
    if (look.separator) {
      block.classList.add("ruled");
      if (colour(look.separatorColor)) block.style.borderTopColor = look.separatorColor;
    }
    put(block, name === "hero" && part.hero.type === "image" ? { size: "md", ...part.hero } : part[name], { layout: "vertical" }, to);
    node.append(block);
  }
  return tappable(node, part.action, to);
}

// A Flex container as an element; `tap(action, node)` does what an action says.
export function flex(contents, to) {
  if (contents?.type !== "carousel") return bubble(contents ?? {}, to);
  const list = element("ul", "carousel flex-carousel");
  list.tabIndex = 0;
  for (const one of contents.contents ?? []) {
    const item = document.createElement("li");
    item.append(bubble(one, to));
    list.append(item);
  }
  return list;
}
