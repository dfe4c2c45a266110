// Template messages and image maps, as LINE shows them.

import { make, words } from "./dom.js";
import { picture, place } from "./pictures.js";

const WIDE = "1.51 / 1";
const SQUARE = "1 / 1";

function button(action, { tap }) {
  const node = make("button", "", action.label ?? action.text ?? "…");
  node.type = "button";
  node.addEventListener("click", () => tap(action, node));
  return node;
}

function card(part, to, { side = "", shape = WIDE, fit = "cover" } = {}) {
  const node = make("div", "bubble card");
  if (part.thumbnailImageUrl) {
    const shown = picture(part.thumbnailImageUrl, { ratio: shape, fit });
    if (/^#[0-9a-f]{6}$/i.test(part.imageBackgroundColor)) shown.style.backgroundColor = part.imageBackgroundColor;
    node.append(shown);
  }
  const text = make("div", "card-text");
  if (part.title) text.append(words(part.title, "card-title"));
  text.append(words(part.text ?? "", ""));
  const buttons = (part.actions ?? []).map((action) => button(action, to));
  node.append(text, make("div", `card-buttons ${side}`, ...buttons));
  return node;
}

function row(parts) {
  const list = make("ul", "carousel", ...parts.map((part) => make("li", "", part)));
  list.tabIndex = 0;
  return list;
}

const shapes = (template) => ({
  shape: template.imageAspectRatio === "square" ? SQUARE : WIDE,
  fit: template.imageSize === "contain" ? "contain" : "cover",
});

const TEMPLATES = {
  buttons: (template, to) => card(template, to, shapes(template)),
  confirm: (template, to) => card(template, to, { side: "side-by-side" }),
  carousel: (template, to) => row(template.columns.map((one) => card(one, to, shapes(template)))),
  image_carousel: (template, to) => row(template.columns.map((one) => tile(one, to))),
};

const WHOLE = { x: 0, y: 0, width: 1, height: 1 };

function tile({ imageUrl, action }, { tap }) {
  const label = action.label ?? action.text ?? action.uri ?? "";
  const node = make("div", "tile", picture(imageUrl, { ratio: SQUARE }), place(WHOLE, WHOLE, label, (spot) => tap(action, spot)));
  if (action.label) node.append(make("span", "", action.label));
  return node;
}

// A template as an element, null for a kind that is not known.
export function template(given, to) {
  return TEMPLATES[given.type]?.(given, to) ?? null;
}

// A picture with places to tap, each named by its label or words.
export function imagemap(content, { tap }) {
  const { width, height } = content.baseSize;
  const node = make("div", "imagemap", picture(`${content.baseUrl}/1040`, { ratio: `${width} / ${height}`, label: content.altText }));
  for (const action of content.actions ?? []) {
    const label = action.label ?? action.text ?? action.linkUri ?? "";
    node.append(place(action.area, content.baseSize, label, (spot) => tap({ ...action, uri: action.linkUri }, spot)));
  }
  return node;
}
