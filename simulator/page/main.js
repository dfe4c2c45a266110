// The page: keeps one person's chat with the bot as the simulator knows it, and sends what they do.

import { get, listen, post, put } from "./api.js";
import { bubble, chip, drawing, make, STICKERS, stickerName } from "./bubbles.js";
import { day, locale, profileLanguage, say } from "./words.js";

const $ = (id) => document.getElementById(id);
const NEAR = 80;
const TALLEST = 140;

const messages = new Map(); // id → message, in the order of the chat
let you = null;
let face = "";
let loadingUntil = 0;
let loadingTimer = 0;

// -- what the person does --------------------------------------------------------------------

async function act(path, body) {
  try {
    await post(path, { user: you, ...body });
    return true;
  } catch {
    connection("reconnecting");
    return false;
  }
}

async function sendText() {
  const field = $("text");
  const text = field.value.trim();
  if (!text || !you) return;
  field.value = "";
  grow();
  if (!(await act("/text", { text }))) {
    field.value = field.value || text;
    grow();
  }
}

const ACTIONS = {
  message: (action) => act("/text", { text: action.text }),
  postback: (action) => {
    if (action.inputOption === "openKeyboard") fill(action.fillInText ?? "");
    return act("/postback", { data: action.data, displayText: action.displayText });
  },
  uri: (action) => window.open(action.uri, "_blank", "noopener"),
  clipboard: async (action, node) => {
    await navigator.clipboard.writeText(action.clipboardText);
    node.textContent = say("copied");
  },
};

function tap(action, node) {
  const does = ACTIONS[action.type];
  if (does) does(action, node);
  else node.title = say("untapped");
}

const unsend = (message) => act("/unsend", { message: message.id });

function fill(text) {
  $("text").value = text;
  grow();
  $("text").focus();
}

// -- what is shown ---------------------------------------------------------------------------

function draw() {
  const items = [];
  let before = null;
  for (const message of messages.values()) {
    const date = day(message.at);
    if (!before || day(before.at) !== date) items.push(make("li", "notice date", date));
    items.push(item(message, before));
    before = message;
  }
  $("log").replaceChildren(...items);
  $("welcome").hidden = messages.size > 0;
  drawChips(before);
  drawDots();
  toEnd();
}

function item(message, before) {
  const first = !before || before.from !== message.from || before.unsent;
  const node = bubble(message, { first, face, tap, unsend });
  node.dataset.id = message.id;
  return node;
}

// The log is a live region: a new message is appended and a changed one replaced, nothing else.
function show(message) {
  const all = [...messages.values()];
  const known = messages.get(message.id);
  const last = all.at(-1);
  messages.set(message.id, message);
  if (known) return change(known, message, all[all.indexOf(known) - 1]);
  if (!last || day(last.at) !== day(message.at)) return draw();
  const near = isNearEnd();
  const node = item(message, last);
  node.classList.add("new");
  $("log").append(node);
  drawChips(message);
  drawDots();
  if (near || message.from === "user") toEnd();
  else $("newer").hidden = false;
}

function change(known, message, before) {
  const looks = (one) => [one.unsent, one.read, ["waiting", "failed"].includes(one.delivery) && one.delivery];
  if (String(looks(known)) === String(looks(message))) return;
  const near = isNearEnd();
  const node = $("log").querySelector(`[data-id="${CSS.escape(message.id)}"]`);
  const focused = node?.contains(document.activeElement);
  node?.replaceWith(item(message, before));
  if (focused) $("text").focus();
  if (near) toEnd();
}

// Quick replies belong to the newest message alone.
function drawChips(newest) {
  const items = newest?.from === "bot" ? (newest.content?.quickReply?.items ?? []) : [];
  $("chips").replaceChildren(...items.map((item) => chip(item.action, tap)));
  $("chips").hidden = items.length === 0;
}

function drawDots() {
  clearTimeout(loadingTimer);
  const left = loadingUntil - Date.now();
  $("dots").hidden = left <= 0;
  if (left > 0) loadingTimer = setTimeout(drawDots, left + 50);
}

function connection(state) {
  const node = $("link");
  if (node.dataset.state === state && node.textContent) return;
  node.dataset.state = state;
  node.textContent = say(state);
}

function isNearEnd() {
  const box = $("scroll");
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
}

// What opens below (chips, stickers, a phone's keyboard) must not cover the newest message.
function keepTheEndInSight() {
  let height = 0;
  new ResizeObserver(() => {
    const box = $("scroll");
    const wasNear = box.scrollHeight - box.scrollTop - height < NEAR;
    height = box.clientHeight;
    if (wasNear) toEnd();
  }).observe($("scroll"));
}

function toEnd() {
  $("newer").hidden = true;
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

function grow() {
  const field = $("text");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
  field.style.overflowY = field.scrollHeight > TALLEST ? "auto" : "hidden";
  $("send").disabled = !field.value.trim();
}

// -- what the simulator tells ----------------------------------------------------------------

async function refresh() {
  const state = await get("/state");
  you = state.you;
  face = [...state.bot.name][0] ?? "";
  $("face").textContent = $("dots").querySelector(".face").textContent = face;
  $("name").textContent = state.bot.name;
  document.title = say("title", { bot: state.bot.name });
  const model = state.model.demo ? say("demo") : state.model.name;
  $("model").textContent = model ? say("model", { model }) : "";
  await put(`/users/${you}`, { name: say("you"), language: profileLanguage() });
  const chat = await get(`/chats/${you}`);
  messages.clear();
  for (const message of chat.messages) messages.set(message.id, message);
  loadingUntil = chat.loading_until;
  draw();
  connection("online");
}

const HEARD = {
  hello: () => refresh().catch(() => connection("reconnecting")),
  reset: () => refresh().catch(() => connection("reconnecting")),
  message: (event) => {
    if (event.message.from === "bot") loadingUntil = 0;
    show(event.message);
  },
  loading: (event) => {
    const near = isNearEnd();
    loadingUntil = event.until;
    drawDots();
    if (near) toEnd();
  },
};

function heard(event) {
  if (event.chat && event.chat !== you) return;
  HEARD[event.type]?.(event);
}

// -- the beginning ---------------------------------------------------------------------------

function label() {
  document.documentElement.lang = locale;
  $("text").placeholder = $("text").ariaLabel = say("write");
  $("send").title = $("send").ariaLabel = say("send");
  $("stickers").title = $("stickers").ariaLabel = $("tray").ariaLabel = say("stickers");
  $("log").ariaLabel = say("log");
  $("chips").ariaLabel = say("replies");
  $("dots").querySelector(".dots").ariaLabel = say("typing");
  $("welcome-text").textContent = say("welcome");
  $("follow").textContent = say("follow");
  $("newer").textContent = say("newer");
}

function tray(open) {
  $("tray").hidden = !open;
  $("stickers").ariaExpanded = String(open);
}

function wire() {
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    sendText();
  });
  $("text").addEventListener("input", grow);
  $("text").addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a candidate; 229 is Safari's sign of it.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    sendText();
  });
  $("stickers").addEventListener("click", () => tray($("tray").hidden));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !$("tray").hidden) {
      tray(false);
      $("stickers").focus();
    }
  });
  $("follow").addEventListener("click", () => act("/follow", {}));
  $("newer").addEventListener("click", toEnd);
  $("scroll").addEventListener("scroll", () => {
    if (isNearEnd()) $("newer").hidden = true;
  });
  for (const one of STICKERS) {
    const node = make("button", "", drawing(one.name));
    node.type = "button";
    node.title = node.ariaLabel = stickerName(one);
    node.addEventListener("click", () => {
      tray(false);
      act("/sticker", { package: one.package, sticker: one.sticker });
      $("text").focus();
    });
    $("tray").append(node);
  }
}

label();
wire();
keepTheEndInSight();
connection("connecting");
listen(heard, () => connection("reconnecting"));
if (matchMedia("(hover: hover)").matches) $("text").focus();
