// The open chat: its bubbles in order, the dots, the quick replies. A new message is appended and a
// changed one replaced; nothing else is touched, however long the chat is.

import { blocks } from "./blocks.js";
import { bubble, looks, quotes } from "./bubbles.js";
import { $, make, press, symbol } from "./dom.js";
import { menu } from "./menu.js";
import { picture } from "./pictures.js";
import { day, speak } from "./words.js";

const say = speak({
  "zh-Hant": { reply: "回覆", copy: "複製文字", edit: "編輯", unsend: "收回這則訊息", event: "在檢查器裡看", newer: "新訊息 ↓" },
  en: { reply: "Reply", copy: "Copy text", edit: "Edit", unsend: "Unsend this message", event: "Show in inspector", newer: "New message ↓" },
});
const NEAR = 80;
const PAGE = 200;
const MEDIA = "button.photo, .voice, .film";
const ICONS = { camera: "camera", cameraRoll: "picture", location: "pin" }; // LINE's, where none is given
const AGAIN = 1000; // ms until a chat that could not be had is asked for once more

export function chatPane(store, { tap, act, copy, compose, inspect }) {
  const messages = new Map(); // id → message, in the order of the chat
  const scroll = $("scroll");
  const log = blocks($("log"));
  let newest = null;
  let oldest = null;
  let loadingUntil = 0;
  let loadingTimer = 0;
  let asked = 0;
  let fetching = false;
  let atEnd = true;
  let meanwhile = null; // what was heard of the chat while it was being asked for, to be done then
  let changed = []; // older messages that changed while they were being asked for

  const to = {
    store,
    tap,
    menu: (message, node) => menu(node, entries(message)),
    find: (key, byToken) =>
      byToken ? [...messages.values()].find((one) => one.quote_token === key) : messages.get(key),
  };

  function entries(message) {
    const mine = message.user === store.me;
    const text = message.content.text;
    const edits = mine && text && message.via === "message" && store.about(store.chat)?.kind === "group"; // as in LINE
    return [
      [say("reply"), () => compose.quote(message)],
      ...(text ? [[say("copy"), () => copy(text)]] : []),
      ...(edits ? [[say("edit"), () => compose.edit(message)]] : []),
      ...(mine ? [[say("unsend"), () => act("/unsend", { message: message.id })]] : []),
      ...(message.event ? [[say("event"), () => inspect(message.event)]] : []),
    ];
  }

  // -- drawing -----------------------------------------------------------------------------------

  const speaks = (message) => message.user ?? "bot";
  const begins = (message, before) => !before || before.unsent || speaks(before) !== speaks(message) || day(before.at) !== day(message.at);

  function item(message, first) {
    const node = bubble(message, first, to);
    node.dataset.id = message.id;
    node.dataset.first = first ? "1" : "";
    const quoted = quotes(message, to);
    if (quoted) node.dataset.quotes = quoted.id;
    return node;
  }

  function rows(some, before) {
    const nodes = [];
    for (const message of some) {
      if (!before || day(before.at) !== day(message.at)) nodes.push(make("li", "notice date", day(message.at)));
      nodes.push(item(message, begins(message, before)));
      before = message;
    }
    return nodes;
  }

  async function open() {
    const mine = ++asked;
    meanwhile = [];
    let found;
    try {
      found = await store.api.get(`/chats/${store.chat}?limit=${PAGE}`);
    } catch {
      if (mine === asked) setTimeout(() => mine === asked && open(), AGAIN);
      return;
    }
    if (mine !== asked) return;
    messages.clear();
    for (const message of found.messages) messages.set(message.id, message);
    oldest = found.messages[0] ?? null;
    newest = found.messages.at(-1) ?? null;
    loadingUntil = found.loading_until;
    log.replace(rows(found.messages, null));
    $("welcome").hidden = messages.size > 0 || store.isGroup(); // a group is nobody's friend
    drawChips();
    drawDots();
    const heard = meanwhile;
    meanwhile = null;
    for (const hear of heard) hear();
    toEnd();
  }

  // Older messages come when the reader nears the top; what is read stays where it is.
  async function older() {
    if (fetching || meanwhile || !oldest || oldest.seq <= 1) return;
    fetching = true;
    changed = [];
    try {
      const mine = asked;
      const found = await store.api.get(`/chats/${store.chat}?before=${oldest.seq}&limit=${PAGE}`);
      if (mine !== asked || found.messages.length === 0) return;
      const height = scroll.scrollHeight;
      const known = [...messages];
      messages.clear();
      for (const message of found.messages) messages.set(message.id, message);
      for (const [id, message] of known) messages.set(id, message);
      oldest = found.messages[0];
      const before = $("log").querySelector(".date");
      if (before && day(found.messages.at(-1).at) === before.textContent) log.remove(before);
      log.prepend(rows(found.messages, null));
      scroll.scrollTop += scroll.scrollHeight - height;
      changed.forEach(show);
      for (const [id, message] of known) {
        if (found.messages.includes(quotes(message, to))) redraw($("log").querySelector(`[data-id="${CSS.escape(id)}"]`));
      }
    } catch {
      // The line is down: who scrolls on asks again.
    } finally {
      fetching = false;
    }
  }

  function show({ chat, message }) {
    if (chat !== store.chat) return;
    if (meanwhile) return meanwhile.push(() => show({ chat, message }));
    if (!message.user) loadingUntil = 0;
    const known = messages.get(message.id);
    if (known) return change(known, message);
    if (newest && message.seq <= newest.seq) return fetching && changed.push({ chat, message });
    const near = isNearEnd();
    messages.set(message.id, message);
    const nodes = rows([message], newest);
    newest = message;
    oldest ??= message;
    nodes.at(-1).classList.add("new");
    $("welcome").hidden = true;
    log.append(...nodes);
    drawChips();
    drawDots();
    if (near || message.user === store.me) toEnd();
    else $("newer").hidden = false;
  }

  function change(known, message) {
    messages.set(message.id, message);
    if (newest?.id === message.id) newest = message;
    if (looks(known) === looks(message)) return;
    const near = isNearEnd();
    const node = $("log").querySelector(`[data-id="${CSS.escape(message.id)}"]`);
    if (node) renew(node, item(message, node.dataset.first === "1"));
    for (const row of $("log").querySelectorAll(`[data-quotes="${CSS.escape(message.id)}"]`)) redraw(row);
    if (near) toEnd();
  }

  // A voice plays on and a picture isn't fetched anew; the focus stays in the row.
  function renew(node, fresh) {
    const focus = node.contains(document.activeElement) ? document.activeElement : null;
    const shown = node.querySelector(MEDIA);
    if (shown) fresh.querySelector(MEDIA)?.replaceWith(shown);
    node.replaceWith(fresh);
    if (focus) (fresh.contains(focus) ? focus : (fresh.querySelector(".more") ?? $("text"))).focus();
  }

  const redraw = (row) => row.replaceWith(item(messages.get(row.dataset.id), row.dataset.first === "1"));

  // Quick replies belong to the newest message alone.
  function drawChips() {
    const items = newest && !newest.user ? (newest.content?.quickReply?.items ?? []) : [];
    const focused = $("chips").contains(document.activeElement);
    $("chips").replaceChildren(...items.map(chip));
    $("chips").hidden = items.length === 0;
    if (focused) $("text").focus();
  }

  function chip({ action, imageUrl }) {
    const node = press("chip", action.label ?? "…", () => tap(action, node));
    if (imageUrl) node.prepend(picture(imageUrl, { small: true }));
    else if (ICONS[action.type]) node.prepend(symbol(ICONS[action.type]));
    return node;
  }

  function load({ chat, until }) {
    if (chat !== store.chat) return;
    if (meanwhile) return meanwhile.push(() => load({ chat, until }));
    const near = isNearEnd();
    loadingUntil = until;
    drawDots();
    if (near) toEnd();
  }

  function drawDots() {
    clearTimeout(loadingTimer);
    const left = loadingUntil - Date.now();
    $("dots").hidden = left <= 0;
    if (left > 0) loadingTimer = setTimeout(drawDots, left + 50);
  }

  // -- scrolling ---------------------------------------------------------------------------------

  const isNearEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;

  function toEnd() {
    $("newer").hidden = true;
    atEnd = true;
    scroll.scrollTop = scroll.scrollHeight;
  }

  // What opens below (chips, stickers, a phone's keyboard) must not cover the newest message.
  // Nor may a picture that takes its room only when it has come.
  function keepTheEndInSight() {
    const eye = new ResizeObserver(() => atEnd && toEnd());
    eye.observe(scroll);
    eye.observe($("log"));
  }

  $("newer").textContent = say("newer");
  $("newer").addEventListener("click", toEnd);
  scroll.addEventListener("scroll", () => {
    atEnd = isNearEnd();
    if (atEnd) $("newer").hidden = true;
    if (scroll.scrollTop < 4 * NEAR) older();
  }, { passive: true });
  keepTheEndInSight();
  store.on("open", open);
  store.on("message", show);
  store.on("loading", load);
}
