// The page: a phone of one of the simulated people, beside an inspector. This file puts the parts
// together and does what buttons in the chat say.
//
//   api, store             the line to the simulator; what is known of it, and who hears of what
//   people                 who there is, and whose phone is shown
//   chat, bubbles          the open chat; one message: media, flex, templates, pictures
//   composer, mentions     where a person writes; richmenu: below it
//   inspector              timeline (entries, json): what happened; trouble: what shall go wrong
//   dom, menu, blocks, words   elements, a small menu, long lists, languages
//   kept                   what the browser remembers of it

import { Refused } from "./api.js";
import { chatPane } from "./chat.js";
import { composer } from "./composer.js";
import { $, face, make, modal, press } from "./dom.js";
import { inspector } from "./inspector.js";
import { people } from "./people.js";
import { richMenu } from "./richmenu.js";
import { createStore } from "./store.js";
import { locale, profileLanguage, speak } from "./words.js";

const say = speak({
  "zh-Hant": {
    title: "{bot}｜LINE 模擬器", you: "我", demo: "示範模型", model: "模型：{model}", online: "已連線", connecting: "連線中…",
    reconnecting: "重新連線中…", typing: "正在準備回答", log: "聊天內容", replies: "快速回覆", phone: "{name} 的手機",
    welcome: "這裡是您電腦上的 LINE：加入好友，或直接寫點什麼。", follow: "加入好友", copied: "已複製", uncopied: "瀏覽器不讓這個頁面複製。", people: "使用者與聊天室",
    inspector: "檢查器", date: "選擇日期與時間", choose: "選擇", cancel: "取消",
    away: "連不上模擬器，稍後會自動重試。", blocked: "您封鎖了 {bot}。", unblock: "解除封鎖", group: "{count} 人", quota: "推播 {pushed}/{quota} · 回覆 {replied}", unlimited: "∞", skip: "跳到輸入框",
  },
  en: {
    title: "{bot} | LINE simulator", you: "Me", demo: "demo model", model: "model: {model}", online: "connected", connecting: "connecting…",
    reconnecting: "reconnecting…", typing: "An answer is on its way", log: "Conversation", replies: "Quick replies", phone: "{name}'s phone",
    welcome: "This is LINE on your own machine: add the bot as a friend, or just write.", follow: "Add friend", copied: "Copied", uncopied: "The browser doesn't let this page copy.", people: "People and chats",
    inspector: "Inspector", date: "Choose date and time", choose: "Choose", cancel: "Cancel",
    away: "The simulator is away; this will be tried again.", blocked: "You blocked {bot}.", unblock: "Unblock", group: "{count} people", quota: "pushes {pushed}/{quota} · replies {replied}", unlimited: "∞", skip: "Skip to writing",
  },
});

const store = createStore();

// -- doing -----------------------------------------------------------------------------------

function toast(text) {
  const node = make("div", "toast", text);
  node.role = "status";
  (document.querySelector("dialog[open]") ?? document.body).append(node); // nothing else is seen beside it
  setTimeout(() => node.remove(), 4000);
}

const refused = (error) => toast(error instanceof Refused ? error.message : say("away"));

async function act(path, body) {
  try {
    await store.api.post(path, { ...store.where(), ...body });
    return true;
  } catch (error) {
    refused(error);
    return false;
  }
}

async function upload(blob, about) {
  const query = new URLSearchParams(about);
  try {
    await store.api.upload(`/media?${query}`, blob);
  } catch (error) {
    refused(error);
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(say("copied"));
  } catch {
    toast(say("uncopied"));
  }
}

const PICKERS = { date: "date", time: "time", datetime: "datetime-local" };

function pickDate(action) {
  const field = make("input");
  field.type = PICKERS[action.mode];
  for (const [name, value] of [["value", action.initial], ["min", action.min], ["max", action.max]]) {
    if (value) field[name] = value.replace("t", "T");
  }
  field.required = true;
  field.ariaLabel = say("date");
  const title = action.label ?? say("date");
  const form = make("form", "", make("h2", "", title), field);
  form.append(make("div", "actions", press("", say("cancel"), () => dialog.close()), make("button", "primary", say("choose"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act("/postback", { data: action.data, params: { [action.mode]: field.value } });
    dialog.close();
  });
  const dialog = modal(title, "", form);
}

const SAFE = /^(https?|line|tel|sms|mailto):/i;

const ACTIONS = {
  message: (action) => act("/text", { text: action.text }),
  postback: (action) => {
    if (action.inputOption === "openKeyboard") compose.fill(action.fillInText ?? "");
    return act("/postback", { data: action.data, displayText: action.displayText ?? action.text });
  },
  uri: (action) => SAFE.test(action.uri) && window.open(action.uri, "_blank", "noopener"),
  clipboard: (action) => copy(action.clipboardText),
  datetimepicker: pickDate,
  camera: () => compose.choose("image"),
  cameraRoll: () => compose.choose("image"),
  location: () => compose.sendPlace(),
  richmenuswitch: (action) => act("/menu", { alias: action.richMenuAliasId, data: action.data ?? "" }),
};

const tap = (action, node) => ACTIONS[action.type]?.(action, node);

// -- the bar ---------------------------------------------------------------------------------

function header() {
  const { state } = store;
  if (!state) return;
  const group = store.isGroup() ? store.about(store.chat) : null;
  const name = group ? group.name : state.bot.name;
  $("name").textContent = name;
  $("face").replaceWith(Object.assign(face(name, group ? group.id : state.bot.id), { id: "face" }));
  document.title = say("title", { bot: state.bot.name });
  const model = state.model.demo ? say("demo") : state.model.name;
  const about = group ? say("group", { count: group.members.length }) : model ? say("model", { model }) : "";
  $("model").textContent = about;
  $("whose").replaceChildren(face(store.name(store.me), store.me, "tiny"), store.name(store.me));
  $("whose").title = say("phone", { name: store.name(store.me) });
  const blocked = !group && (store.person(store.me)?.blocked ?? false);
  $("foot").hidden = blocked;
  $("blocked").hidden = !blocked;
  $("blocked").firstChild.textContent = say("blocked", { bot: state.bot.name });
  const { pushed, quota, replied } = state.quota;
  $("quota").textContent = say("quota", { pushed, replied, quota: quota ?? say("unlimited") });
}

function link({ state } = { state: store.link }) {
  $("link").dataset.state = state;
  $("link").textContent = say(state);
}

async function introduce() {
  const you = store.state.you;
  const known = store.person(you);
  if (known?.name === say("you") && known.language === profileLanguage()) return;
  await store.api.put(`/users/${you}`, { name: say("you"), language: profileLanguage() }).catch(() => {});
}

// What opens takes the focus, and gives it back to the button that opened it.
const SIDES = { "with-people": "people", "with-inspector": "inspector" };

function toggle(name) {
  if (!$("app").classList.toggle(name)) return;
  if (name === "with-inspector") inspect.shown();
  $(SIDES[name]).querySelector("button, input, [tabindex]")?.focus();
}

function close(name) {
  const focused = $(SIDES[name]).contains(document.activeElement);
  if (!$("app").classList.contains(name)) return;
  $("app").classList.remove(name);
  if (focused) $(`show-${SIDES[name]}`).focus();
}

document.documentElement.lang = locale;
$("log").ariaLabel = say("log");
$("chips").ariaLabel = say("replies");
$("dots").querySelector(".dots").ariaLabel = say("typing");
$("welcome-text").textContent = say("welcome");
$("follow").textContent = say("follow");
$("blocked").lastChild.textContent = say("unblock");
$("skip").textContent = say("skip");
for (const [id, name] of [["show-people", "people"], ["show-inspector", "inspector"]]) {
  $(id).title = $(id).ariaLabel = say(name);
  $(id).addEventListener("click", () => toggle(`with-${name}`));
}
for (const button of [$("follow"), $("blocked").lastChild]) button.addEventListener("click", () => act("/follow", {}));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") Object.keys(SIDES).forEach(close);
});

const compose = composer(store, { act, upload });
const inspect = inspector($("inspector"), store, { toast, refused, copy, close: () => close("with-inspector") });
chatPane(store, { tap, act, copy, compose, inspect: (event) => { $("app").classList.add("with-inspector"); inspect.select(event); } });
people(store, { act, refused, close: () => close("with-people") });
richMenu(store, { tap });
for (const type of ["hello", "open", "state", "chat", "person"]) store.on(type, header);
store.on("link", link);
store.on("hello", introduce);
link();
store.start();
if (matchMedia("(hover: hover)").matches) $("text").focus();
