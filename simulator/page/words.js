// What the page itself says, a table a language. The chat's own words come from people and the bot.

const WORDS = {
  "zh-Hant": {
    title: "{bot}｜LINE 模擬器",
    you: "我",
    demo: "示範模型",
    model: "模型：{model}",
    online: "已連線",
    connecting: "連線中…",
    reconnecting: "重新連線中…",
    write: "輸入訊息",
    send: "傳送",
    stickers: "貼圖",
    sticker: "貼圖：{name}",
    sticker_hello: "你好",
    sticker_good: "真棒",
    sticker_laugh: "大笑",
    sticker_thanks: "謝謝",
    sticker_think: "想一想",
    sticker_cry: "難過",
    unsend: "收回這則訊息",
    unsent: "您收回了一則訊息",
    read: "已讀",
    waiting: "機器人沒有回應，正在重試…",
    failed: "無法送達機器人",
    typing: "正在準備回答",
    log: "聊天內容",
    replies: "快速回覆",
    welcome: "這裡是您電腦上的 LINE：加入好友，或直接寫點什麼。",
    follow: "加入好友",
    newer: "新訊息 ↓",
    copied: "已複製",
    unshown: "這裡還看不到這種訊息（{type}）",
    untapped: "這裡還不能用這種按鈕",
    today: "今天",
  },
  en: {
    title: "{bot} | LINE simulator",
    you: "Me",
    demo: "demo model",
    model: "model: {model}",
    online: "connected",
    connecting: "connecting…",
    reconnecting: "reconnecting…",
    write: "Write a message",
    send: "Send",
    stickers: "Stickers",
    sticker: "Sticker: {name}",
    sticker_hello: "hello",
    sticker_good: "well done",
    sticker_laugh: "laughing",
    sticker_thanks: "thank you",
    sticker_think: "thinking",
    sticker_cry: "sad",
    unsend: "Unsend this message",
    unsent: "You unsent a message",
    read: "Read",
    waiting: "The bot doesn't answer, trying again…",
    failed: "Couldn't reach the bot",
    typing: "An answer is on its way",
    log: "Conversation",
    replies: "Quick replies",
    welcome: "This is LINE on your own machine: add the bot as a friend, or just write.",
    follow: "Add friend",
    newer: "New message ↓",
    copied: "Copied",
    unshown: "This kind of message can't be shown here yet ({type})",
    untapped: "This kind of button can't be tapped here yet",
    today: "Today",
  },
};

export const locale = navigator.language.toLowerCase().startsWith("zh") ? "zh-Hant" : "en";

export function say(name, values = {}) {
  return WORDS[locale][name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

// LINE's profiles name a language; region only where the script depends on it.
export function profileLanguage() {
  const tag = navigator.language || "en";
  return tag.toLowerCase().startsWith("zh") ? tag : tag.split("-")[0];
}

// A bubble is marked with its language, so that Han characters get the right shapes.
export function languageOf(text) {
  if (/[\u0e00-\u0e7f]/.test(text)) return "th";
  if (/[\u3041-\u30ff]/.test(text)) return "ja";
  if (/[\uac00-\ud7af]/.test(text)) return "ko";
  return /[\u3400-\u9fff]/.test(text) ? "zh-Hant" : "en";
}

const TIME = new Intl.DateTimeFormat(navigator.language, { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(navigator.language, {
  month: "short",
  day: "numeric",
  weekday: "short",
});

export const time = (ms) => TIME.format(new Date(ms));

export function day(ms) {
  const date = new Date(ms);
  return date.toDateString() === new Date().toDateString() ? say("today") : DAY.format(date);
}
