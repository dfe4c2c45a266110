// One message as a list item of the chat: its bubble, its notes, and what can be done with it.

import { $, face, linked, make, press, symbol, words } from "./dom.js";
import { flex } from "./flex.js";
import { audio, file, film, photo, video } from "./media.js";
import { picture } from "./pictures.js";
import { imagemap, template } from "./templates.js";
import { languageOf, speak, time } from "./words.js";

const say = speak({
  "zh-Hant": {
    unshown: "這裡看不到這種訊息（{type}）", sticker: "貼圖：{name}", more: "更多",
    you_unsent: "您收回了一則訊息", unsent: "{name} 收回了一則訊息", edited: "已編輯",
    read: "已讀", waiting: "機器人沒有回應，正在重試…", held: "LINE 晚一點才送…",
    failed: "無法送達機器人：看看檢查器裡的 webhook", push: "推播（計費）", quoted: "看原訊息",
    gone: "原訊息看不到了", picture: "圖片", voice: "語音", video: "影片", card: "卡片",
    sticker_hello: "你好", sticker_good: "真棒", sticker_laugh: "大笑", sticker_thanks: "謝謝",
    sticker_think: "想一想", sticker_cry: "難過",
  },
  en: {
    unshown: "This kind of message isn't shown here ({type})", sticker: "Sticker: {name}", more: "More",
    you_unsent: "You unsent a message", unsent: "{name} unsent a message", edited: "edited",
    read: "Read", waiting: "The bot doesn't answer, trying again…", held: "LINE is slow to deliver…",
    failed: "Couldn't reach the bot: look at the webhook in the inspector", push: "push (counted)",
    quoted: "Show the message", gone: "The message is gone", picture: "Picture", voice: "Voice",
    video: "Video", card: "Card",
    sticker_hello: "hello", sticker_good: "well done", sticker_laugh: "laughing",
    sticker_thanks: "thank you", sticker_think: "thinking", sticker_cry: "sad",
  },
});

export const STICKERS = ["hello", "good", "laugh", "thanks", "think", "cry"].map((name, index) => ({
  package: "446", sticker: String(1988 + index), name,
}));
export const stickerName = (one) => say("sticker", { name: say(`sticker_${one.name}`) });
export const drawing = (name) => symbol(name, "stickers.svg", "0 0 100 100");

function sticker(content) {
  const known = STICKERS.find((one) => one.sticker === content.stickerId);
  const node = make("div", "sticker", drawing(known?.name ?? "hello"));
  node.role = "img";
  node.ariaLabel = known ? stickerName(known) : say("sticker", { name: content.stickerId });
  if (!known) node.append(make("small", "", node.ariaLabel)); // its picture lies on LINE's servers
  if (content.text) node.ariaLabel += ` ${content.text}`;
  if (content.text) node.append(make("small", "", content.text));
  return node;
}

// A text whose mentions are coloured; LINE counts their places as JavaScript counts.
function mentioned({ text = "", mention }) {
  const places = [...(mention?.mentionees ?? [])].sort((a, b) => a.index - b.index);
  const node = make("div", "bubble");
  let end = 0;
  for (const { index, length } of places) {
    if (index < end) continue; // inside the one before
    node.append(...linked(text.slice(end, index)), make("b", "mention", text.slice(index, index + length)));
    end = index + length;
  }
  node.append(...linked(text.slice(end)));
  node.lang = languageOf(text);
  return node;
}

const BRACES = /\{\{|\}\}|\{([^{}]*)\}/g;

const EMOJI = "🙂"; // LINE's own lie on its servers: one stands for all of them

// textV2: keys in braces stand for people and emoji; doubled braces are braces.
function substituted(content, { store }) {
  const node = make("div", "bubble");
  const put = (name) => {
    const { type, mentionee } = content.substitution?.[name] ?? {};
    if (type === "emoji") return EMOJI;
    return mentionee ? make("b", "mention", `@${mentionee.type === "all" ? "All" : store.name(mentionee.userId)}`) : "";
  };
  let end = 0;
  for (const found of content.text.matchAll(BRACES)) {
    const [whole, name] = found;
    node.append(...linked(content.text.slice(end, found.index)), name === undefined ? whole[0] : put(name));
    end = found.index + whole.length;
  }
  node.append(...linked(content.text.slice(end)));
  node.lang = languageOf(node.textContent);
  return node;
}

// A text of the bot's: a "$" at an emoji's place is where LINE draws it.
function said(content) {
  const letters = content.text.split("");
  for (const { index } of content.emojis ?? []) letters[index] = EMOJI;
  return words(letters.join(""), "bubble");
}

function unshown(content) {
  const note = say("unshown", { type: content.type });
  const node = words(content.altText ?? note, "bubble");
  if (content.altText) node.append(make("small", "", note));
  return node;
}

const SCREEN = "4 / 3";

function sent(content) {
  return make("div", "photo", picture(content.previewImageUrl ?? content.originalContentUrl, { ratio: SCREEN, label: say("picture") }));
}

function place(content) {
  const node = make("div", "bubble place", symbol("pin"), make("div", "", make("b", "", content.title ?? ""), make("div", "", content.address ?? "")));
  node.lang = languageOf(`${content.title}${content.address}`);
  return node;
}

const own = (message) => message.from === "user";
const KINDS = {
  text: (content) => (content.emojis ? said(content) : mentioned(content)),
  textV2: substituted,
  sticker,
  flex: (content, to) => flex(content.contents, to),
  template: (content, to) => template(content.template, to) ?? unshown(content),
  imagemap,
  location: place,
  image: (content, _, message) => (own(message) ? photo(message) : sent(content)),
  audio: (content, _, message) => (own(message) ? audio(`/sim/media/${message.id}`, content.duration) : audio(content.originalContentUrl, content.duration)),
  video: (content, _, message) => (own(message) ? video(`/sim/media/${message.id}`) : film("photo", content.originalContentUrl, content.previewImageUrl, SCREEN)),
  file: (content, _, message) => file(message),
};

// A message in a few words: for a quote, a list, a copy.
export function snippet(message) {
  const content = message?.content;
  if (!content) return say("gone");
  const plain = content.text ?? content.altText ?? content.fileName ?? content.title;
  return plain ?? { image: say("picture"), audio: say("voice"), video: say("video") }[content.type] ?? say("card");
}

// What a message quotes, as far as it is known: people name a message, the bot gives its token.
const key = (message) => (own(message) ? message.content?.quotedMessageId : message.content?.quoteToken);
export const quotes = (message, { find }) => {
  const name = key(message);
  return name ? find(name, !own(message)) : null;
};

function quote(message, to) {
  const { store } = to;
  if (!key(message)) return null;
  const original = quotes(message, to);
  const who = original ? store.name(original.user ?? store.state.bot.id) : "";
  const node = press("quote", say("quoted"), () => {
    const row = original && $("log").querySelector(`[data-id="${CSS.escape(original.id)}"]`);
    row?.scrollIntoView({ block: "center", behavior: "smooth" });
    row?.classList.add("found");
    setTimeout(() => row?.classList.remove("found"), 1600);
  });
  node.replaceChildren(make("b", "", who), make("span", "", snippet(original)));
  node.lang = languageOf(snippet(original));
  return node;
}

// What is quoted stands above the words; a sticker gets a bubble for it.
function quoting(quoted, shown) {
  if (!quoted) return shown;
  if (!shown.classList.contains("bubble")) return make("div", "bubble", quoted, shown);
  shown.prepend(quoted);
  return shown;
}

function notes(message) {
  const node = make("div", "notes");
  if (message.edited) node.append(make("span", "", say("edited")));
  if (own(message) && message.read) node.append(make("span", "", say("read")));
  if (["push", "multicast", "broadcast"].includes(message.via)) node.append(make("span", "pushed", say("push")));
  const stamp = make("time", "", time(message.at));
  stamp.dateTime = new Date(message.at).toISOString();
  node.append(stamp);
  return node;
}

const WIDE = ".carousel, .flex-bubble, .card, .imagemap"; // leaves no room beside it
const TOLD = ["waiting", "failed", "held"];
// What a changed message must differ in to be drawn anew.
export const looks = (message) =>
  [message.unsent, message.read, message.edited && message.content?.text, TOLD.includes(message.delivery) && message.delivery].join();

// One message as a list item. `first`: somebody else spoke before. `to`: {store, tap, menu, find}.
export function bubble(message, first, to) {
  const { store } = to;
  const mine = message.user === store.me;
  if (message.unsent) {
    return make("li", "notice", mine ? say("you_unsent") : say("unsent", { name: store.name(message.user) }));
  }
  const who = message.user ?? store.state.bot.id;
  const item = make("li", `row ${mine ? "user" : "bot"}${first ? " first" : ""}`);
  const shown = quoting(quote(message, to), (KINDS[message.content.type] ?? unshown)(message.content, to, message));
  const more = press("more", say("more"), (_, node) => to.menu(message, node), "more");
  more.ariaHasPopup = "menu";
  if (mine) {
    item.append(make("div", "line", make("div", "beside", more, notes(message)), shown));
    if (TOLD.includes(message.delivery)) item.append(make("div", `delivery ${message.delivery}`, say(message.delivery)));
    return item;
  }
  const name = first && store.isGroup() ? [make("span", "speaker", store.name(who))] : [];
  const column = make("div", "column", ...name, shown);
  const beside = make("div", "beside", notes(message), more);
  item.append(first ? face(store.name(who), who, "small") : make("span", "face small none"), column);
  if (shown.matches(WIDE)) {
    item.classList.add("wide");
    column.append(beside);
  } else item.append(beside);
  return item;
}
