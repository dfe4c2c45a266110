// A long list in blocks. The browser leaves out the blocks that are out of sight, and looks for that
// at each block instead of at each of a thousand rows.

import { make } from "./dom.js";

const ROWS = 40;

export function blocks(root) {
  const block = (...rows) => make("ol", "block", ...rows);

  function packed(rows) {
    const made = [];
    for (let at = 0; at < rows.length; at += ROWS) made.push(block(...rows.slice(at, at + ROWS)));
    return made;
  }

  return {
    replace: (rows) => root.replaceChildren(...packed(rows)),
    prepend: (rows) => root.prepend(...packed(rows)),
    append(...rows) {
      for (const row of rows) {
        const last = root.lastElementChild;
        if (last && last.childElementCount < ROWS) last.append(row);
        else root.append(block(row));
      }
    },
    remove(row) {
      const home = row.parentElement;
      row.remove();
      if (!home.firstElementChild) home.remove();
    },
  };
}
