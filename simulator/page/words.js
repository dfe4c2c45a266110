// Languages: what the page itself says, by tables that lie beside the code that says it; and how
// times, days and people's own words are marked. The chat's words come from people and the bot.

export const locale = navigator.language.toLowerCase().startsWith("zh") ? "zh-Hant" : "en";

// Makes say(name, values) of a table a language.
export function speak(tables) {
  const words = tables[locale];
  return (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

// LINE's profiles name a language; region only where the script depends on it.
export function profileLanguage() {
  const tag = navigator.language || "en";
  return tag.toLowerCase().startsWith("zh") ? tag : tag.split("-")[0];
}

// Words are marked with their language, so that Han characters get the right shapes.
export function languageOf(text) {
  if (/[\u0e00-\u0e7f]/.test(text)) return "th";
  if (/[\u3041-\u30ff]/.test(text)) return "ja";
  if (/[\uac00-\ud7af]/.test(text)) return "ko";
  return /[\u3400-\u9fff]/.test(text) ? "zh-Hant" : "en";
}

const TIME = new Intl.DateTimeFormat(navigator.language, { hour: "numeric", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
const DAY = new Intl.DateTimeFormat(navigator.language, { month: "short", day: "numeric", weekday: "short" });
const say = speak({ "zh-Hant": { today: "今天" }, en: { today: "Today" } });

export const time = (ms) => TIME.format(new Date(ms));
export const exactTime = (ms) => EXACT.format(new Date(ms));

export function day(ms) {
  const date = new Date(ms);
  return date.toDateString() === new Date().toDateString() ? say("today") : DAY.format(date);
}
