// The time line: each webhook, call to LINE and request to the model as a row that opens. Many
// events at once are one drawing, and only the newest rows are kept, so a load test doesn't stop it.

import { blocks } from "./blocks.js";
import { make, press, symbol } from "./dom.js";
import { KINDS, read } from "./entries.js";
import { json } from "./json.js";
import { exactTime, speak } from "./words.js";

const say = speak({
  "zh-Hant": {
    webhook: "Webhook", call: "LINE API", model: "模型", filter: "篩選", empty: "這裡會依時間列出每個 webhook、每次 LINE API 呼叫和每個模型請求。",
    ms: "{ms} 毫秒", again: "重送（標為 redelivery）", twice: "再送一份（重複）", expire: "讓 reply token 過期", copy: "複製 JSON",
    sent_again: "已重送", expired: "這個 reply token 已過期", log: "時間軸", clear: "清空畫面", kinds: "顯示哪些", newest: "最新 ↓",
  },
  en: {
    webhook: "Webhooks", call: "LINE API", model: "Model", filter: "Filter", empty: "Each webhook, each call to LINE and each request to the model appears here.",
    ms: "{ms} ms", again: "Redeliver (marked)", twice: "Deliver once more (duplicate)", expire: "Expire its reply token", copy: "Copy JSON",
    sent_again: "Sent again", expired: "The reply token has expired", log: "Time line", clear: "Clear the view", kinds: "What is shown", newest: "Newest ↓",
  },
});
const KEPT = 500;
const NEAR = 60;
const SLOWEST = 10_000; // ms at which the bar beside a duration is full
const PATHS = { webhook: ["/webhooks", "webhooks"], call: ["/calls", "calls"], model: ["/model/requests", "requests"] };

export function timeline(store, { toast, refused, copy }) {
  const rows = new Map(); // key → {entry, given, node}: what it says, and what it was read from
  let order = []; // the rows, oldest first
  const coming = new Map(); // key → {entry, given}, not drawn yet
  const shown = new Set(KINDS);
  let clearedAt = 0;
  let queued = false;

  const list = make("div", "entries");
  const log = blocks(list);
  const empty = make("p", "empty", say("empty"));
  const scroll = make("div", "timeline-scroll", list, empty);
  scroll.role = "region";
  scroll.ariaLabel = say("log");
  scroll.tabIndex = 0;
  const newest = press("newer", say("newest"), toEnd);
  newest.hidden = true;
  const filter = make("input", "filter");
  filter.type = "search";
  filter.placeholder = filter.ariaLabel = say("filter");
  const kinds = KINDS.map((kind) => {
    const node = press(`kind ${kind}`, say(kind), () => {
      if (!shown.delete(kind)) shown.add(kind);
      node.ariaPressed = String(shown.has(kind));
      sift();
    });
    node.ariaPressed = "true";
    return node;
  });
  const which = make("div", "kinds", ...kinds);
  which.role = "group";
  which.ariaLabel = say("kinds");
  const tools = make("div", "tools", which, filter, press("round", say("clear"), clear, "clear"));

  // -- one row -----------------------------------------------------------------------------------

  function statusOf(entry) {
    return [...entry.marks.map((mark) => make("span", "mark", mark)), make("span", `pill ${entry.status.tone}`, entry.status.text)];
  }

  const wordsOf = (entry) => [make("b", "", entry.title), make("span", "about", entry.about)];

  function duration(entry) {
    const node = make("span", "ms", entry.ms == null ? "" : say("ms", { ms: entry.ms < 10 ? entry.ms : Math.round(entry.ms) }));
    const part = Math.min(1, Math.log10(1 + (entry.ms ?? 0)) / Math.log10(SLOWEST));
    node.style.setProperty("--part", part.toFixed(3));
    return node;
  }

  function draw(entry) {
    const stamp = make("time", "", exactTime(entry.at));
    const what = make("span", "what", ...wordsOf(entry));
    const button = press("entry-row", "", () => toggle(entry.key));
    button.replaceChildren(symbol(entry.kind), stamp, what, make("span", "told", ...statusOf(entry)), duration(entry));
    button.ariaExpanded = "false";
    return make("li", `entry ${entry.kind}`, button);
  }

  function doings(row) {
    const { entry, given } = row;
    const whole = press("", say("copy"), () => copy(JSON.stringify(row.given, null, 2)));
    if (entry.kind !== "webhook") return [whole];
    const once = (duplicate) => () => ask("/redeliver", { event: given.id, duplicate }, "sent_again");
    const token = given.event.replyToken;
    return [
      press("", say("again"), once(false)),
      press("", say("twice"), once(true)),
      ...(token ? [press("", say("expire"), () => ask("/expire", { token }, "expired"))] : []),
      whole,
    ];
  }

  async function ask(path, body, done) {
    try {
      await store.api.post(path, body);
      toast(say(done));
    } catch (error) {
      refused(error);
    }
  }

  const partsOf = ({ entry }) => entry.parts.flatMap(([heading, value]) => [make("h4", "", heading), json(value)]);

  function open(row) {
    row.node.querySelector(".entry-more")?.remove();
    row.node.append(make("div", "entry-more", make("div", "doings", ...doings(row)), make("div", "parts", ...partsOf(row))));
    row.node.firstChild.ariaExpanded = "true";
  }

  // What can be done stays the same, and keeps its focus: who redelivers may do so twice.
  function renew(row) {
    const parts = row.node.querySelector(".parts");
    if (!parts) return;
    const focused = [...parts.children].indexOf(document.activeElement);
    parts.replaceChildren(...partsOf(row));
    parts.children[focused]?.focus();
  }

  function toggle(key) {
    const row = rows.get(key);
    const more = row.node.querySelector(".entry-more");
    if (!more) {
      open(row);
      const below = row.node.getBoundingClientRect().bottom > scroll.getBoundingClientRect().bottom;
      if (below) row.node.scrollIntoView({ block: "start" });
      return;
    }
    more.remove();
    row.node.firstChild.ariaExpanded = "false";
  }

  // -- all of them -------------------------------------------------------------------------------

  function take({ entry, given }) {
    if (entry.at < clearedAt) return;
    const known = rows.get(entry.key);
    if (known && entry.progress < known.entry.progress) return;
    const row = known ?? { node: draw(entry) };
    Object.assign(row, { entry, given });
    if (known) update(row);
    else place(row);
    row.node.hidden = !passes(row);
  }

  // The row stays where it is: a focused button keeps its focus, an open row stays open.
  function update(row) {
    const { entry, node } = row;
    const [, , what, told, ms] = node.firstChild.children;
    what.replaceChildren(...wordsOf(entry));
    told.replaceChildren(...statusOf(entry));
    ms.replaceWith(duration(entry));
    renew(row);
  }

  // Entries come nearly in order: the place is looked for from the end.
  function place(row) {
    rows.set(row.entry.key, row);
    let at = order.length;
    while (at > 0 && order[at - 1].entry.at > row.entry.at) at -= 1;
    if (at === order.length) log.append(row.node);
    else order[at].node.before(row.node);
    order.splice(at, 0, row);
  }

  function passes({ entry, given }) {
    if (!shown.has(entry.kind)) return false;
    const wanted = filter.value.trim().toLowerCase();
    return !wanted || `${entry.title} ${entry.about} ${entry.status.text} ${JSON.stringify(given)}`.toLowerCase().includes(wanted);
  }

  function sift() {
    for (const row of rows.values()) row.node.hidden = !passes(row);
    toEnd();
  }

  const readFrom = (kind, given) => ({ entry: read(kind, given, store.name), given });

  function hear(kind, given) {
    const heard = readFrom(kind, given);
    coming.set(heard.entry.key, heard);
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      drawAll();
    });
  }

  function drawAll() {
    const near = isNearEnd();
    for (const heard of coming.values()) take(heard);
    coming.clear();
    for (const { entry, node } of order.splice(0, Math.max(0, order.length - KEPT))) {
      rows.delete(entry.key);
      log.remove(node);
    }
    empty.hidden = rows.size > 0;
    if (near) toEnd();
    else newest.hidden = false;
  }

  async function load() {
    forget();
    const answers = await Promise.all(KINDS.map((kind) => store.api.get(`${PATHS[kind][0]}?limit=${KEPT}`)));
    const found = answers.flatMap((answer, index) => answer[PATHS[KINDS[index]][1]].map((given) => [KINDS[index], given]));
    found.sort(([, one], [, other]) => one.at - other.at);
    for (const [kind, given] of found.slice(-KEPT)) take(readFrom(kind, given));
    drawAll(); // what was heard meanwhile
    toEnd();
  }

  function forget() {
    rows.clear();
    coming.clear();
    order = [];
    log.replace([]);
    empty.hidden = false;
  }

  function clear() {
    clearedAt = Date.now();
    forget();
    newest.hidden = true;
  }

  const isNearEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;

  function toEnd() {
    newest.hidden = true;
    scroll.scrollTop = scroll.scrollHeight;
  }

  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains("entry-row")) return;
    event.preventDefault();
    const seen = order.filter(({ node }) => !node.hidden);
    seen[seen.findIndex(({ node }) => node.contains(event.target)) + step]?.node.firstChild.focus();
  }

  filter.addEventListener("input", sift);
  list.addEventListener("keydown", walk);
  scroll.addEventListener("scroll", () => isNearEnd() && (newest.hidden = true), { passive: true });
  for (const kind of KINDS) store.on(kind, (event) => hear(kind, event[kind] ?? event.request));
  store.on("person", ({ person }) => {
    for (const { entry, given } of [...rows.values(), ...coming.values()]) {
      if (given.event?.source?.userId === person.id) hear(entry.kind, given);
    }
  });
  store.on("hello", () => load().catch(refused));
  store.on("reset", () => { clearedAt = 0; forget(); });

  const node = make("section", "timeline", tools, scroll, newest);
  return {
    node,
    toEnd,
    // Open the row of an event's webhook and bring it into sight.
    select(event) {
      const row = rows.get(`webhook ${event}`);
      if (!row) return;
      shown.add("webhook");
      kinds[KINDS.indexOf("webhook")].ariaPressed = "true";
      filter.value = "";
      sift();
      open(row);
      row.node.scrollIntoView({ block: "start" });
      row.node.firstChild.focus();
    },
  };
}
