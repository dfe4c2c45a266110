// JSON for eyes: indented, with names, words and numbers in their own colours. Text nodes only.

import { make } from "./dom.js";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function json(value) {
  const text = JSON.stringify(value, null, 2);
  const node = make("pre", "json");
  node.tabIndex = 0;
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, quoted, colon] = found;
    node.append(text.slice(end, found.index));
    const kind = colon ? "json-name" : quoted ? "json-words" : "json-value";
    node.append(make("span", kind, quoted ?? whole), colon ?? "");
    end = found.index + whole.length;
  }
  node.append(text.slice(end));
  return node;
}
