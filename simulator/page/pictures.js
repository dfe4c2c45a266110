// Pictures of the bot's. One that lies on this machine is shown; for any other the page asks first,
// so that nothing leaves the machine unasked.

import { always } from "./kept.js";
import { speak } from "./words.js";

const say = speak({
  "zh-Hant": { show: "顯示圖片", from: "圖片來自 {host}", broken: "圖片打不開" },
  en: { show: "Show picture", from: "picture from {host}", broken: "The picture doesn't open" },
});
const KEY = "pictures";
const HERE = new Set(["127.0.0.1", "localhost", "[::1]", location.hostname]);

export const pictures = {
  get allowed() {
    return always.get(KEY) === "all";
  },
  set allowed(value) {
    always.set(KEY, value ? "all" : "here");
  },
};

function address(given) {
  try {
    const url = new URL(given);
    return ["http:", "https:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

// ratio: "20 / 13". fit: "cover" or "contain". small: an icon, too small for words or a button.
// tight: too small for words, but not for a button.
export function picture(given, { ratio = "1 / 1", fit = "cover", label = "", small = false, tight = false } = {}) {
  const box = document.createElement("div");
  box.className = tight ? "picture tight" : "picture";
  box.style.aspectRatio = ratio;
  const url = address(given);
  const load = () => {
    const image = document.createElement("img");
    image.alt = label;
    image.loading = "lazy";
    image.referrerPolicy = "no-referrer";
    image.style.objectFit = fit;
    image.addEventListener("error", () => box.replaceChildren(note(say("broken"))), { once: true });
    image.src = url.href;
    box.replaceChildren(image);
  };
  if (!url) box.append(note(small ? "" : say("broken")));
  else if (HERE.has(url.hostname) || pictures.allowed) load();
  else if (small) box.append(note("★"));
  else if (tight) box.append(button(load, `${say("show")} (${url.hostname})`, "★"));
  else box.append(note(say("from", { host: url.hostname })), button(load, say("show")));
  return box;
}

function note(words) {
  const node = document.createElement("span");
  node.textContent = words;
  return node;
}

function button(load, label, shown = label) {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = shown;
  if (shown !== label) node.title = node.ariaLabel = label;
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    load();
  });
  return node;
}

// A place to tap on a picture of a given size: LINE counts both in the picture's own pixels.
export function place(area, size, label, does) {
  const node = document.createElement("button");
  node.type = "button";
  node.ariaLabel = label;
  node.style.left = `${(100 * area.x) / size.width}%`;
  node.style.top = `${(100 * area.y) / size.height}%`;
  node.style.width = `${(100 * area.width) / size.width}%`;
  node.style.height = `${(100 * area.height) / size.height}%`;
  node.addEventListener("click", () => does(node));
  return node;
}
