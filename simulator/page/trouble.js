// What shall go wrong: LINE, the model, the webhooks' way, reply tokens, the quota. Everything that
// is out of the ordinary is listed with a button that takes it back, so that no fault is forgotten.

import { labelled, make, press } from "./dom.js";
import { pictures } from "./pictures.js";
import { speak } from "./words.js";

const say = speak({
  "zh-Hant": {
    now: "目前的狀況", normal: "一切正常。", undo: "取消", undo_all: "全部恢復正常", line: "LINE API", model: "模型", webhooks: "Webhook", tokens: "Reply token 與額度", page: "這個頁面",
    where: "哪個呼叫", how: "怎麼出錯", often: "幾次", add: "套用", every: "全部", once: "下一次", three: "接下來三次", always: "直到取消",
    answers: "回 {status}", slow: "慢 {seconds} 秒", never: "不回應", taken: "已處理但不回應", nothing: "空的回答",
    model_note: "只對使用模擬器模型的機器人有效。", delay: "延後送達", seconds: "{seconds} 秒", no_delay: "立刻", twice: "每個事件送兩次", active: "送出 webhook", url: "Webhook 網址",
    expire_all: "讓所有 reply token 過期", expired: "{count} 個 reply token 已過期", quota: "每月推播額度（空白：無上限）", pushed: "已用", save: "儲存", saved: "已儲存",
    all_pictures: "直接載入外部圖片", reset: "清空所有聊天", reset_sure: "清空所有聊天室、事件和紀錄？使用者會留下。", times: "還有 {times} 次", until: "直到取消",
    off: "Webhook 已停用", held: "Webhook 延後 {seconds} 秒", copies: "每個 webhook 送 {copies} 次", used_up: "推播額度用完了", unusable: "沒有 webhook 網址",
  },
  en: {
    now: "Right now", normal: "Everything is as usual.", undo: "Undo", undo_all: "Back to normal", line: "LINE API", model: "Model", webhooks: "Webhooks", tokens: "Reply tokens and quota", page: "This page",
    where: "Which call", how: "What happens", often: "How often", add: "Apply", every: "Every call", once: "Next time", three: "Next three times", always: "Until undone",
    answers: "answers {status}", slow: "{seconds} s slow", never: "never answers", taken: "does it, never answers", nothing: "an empty answer",
    model_note: "Only for bots that use the simulator's model.", delay: "Arrive late", seconds: "{seconds} s", no_delay: "At once", twice: "Send each event twice", active: "Send webhooks", url: "Webhook URL",
    expire_all: "Expire every reply token", expired: "{count} reply tokens have expired", quota: "Pushes a month (empty: no limit)", pushed: "Used", save: "Save", saved: "Saved",
    all_pictures: "Load pictures from elsewhere unasked", reset: "Empty all chats", reset_sure: "Forget all chats, events and records? People stay.", times: "{times} more", until: "until undone",
    off: "Webhooks are off", held: "Webhooks are {seconds} s late", copies: "Each webhook is sent {copies} times", used_up: "The push quota is used up", unusable: "There is no webhook URL",
  },
});

const PATHS = [
  ["*", null], ["/v2/bot/message/reply", "reply"], ["/v2/bot/message/push", "push"], ["/v2/bot/message/multicast", "multicast"],
  ["/v2/bot/chat/loading/start", "loading"], ["/v2/bot/profile/*", "profile"], ["/v2/bot/message/*/content", "content"],
];
// What can be chosen, as the simulator is asked for it.
const LINE = [
  { status: 429, message: "The API rate limit has been exceeded. Try again later." },
  { status: 500, message: "Internal Server Error" },
  { status: 401, message: "Authentication failed. Confirm that the access token in the authorization header is valid." },
  { slow: 3 },
  {}, // no answer, and nothing done
  { accepted: true }, // no answer, but done
];
const MODEL = [
  { status: 429, message: "Rate limit reached" },
  { status: 500, message: "The server had an error" },
  { delay: 10 },
  { hang: true },
  { text: "" },
];
const OFTEN = { once: 1, three: 3, always: null };
const DELAYS = [0, 1, 3, 10, 30];

// What a fault of LINE's or a behaviour of the model says in words.
function whatLineDoes({ slow, status, accepted }) {
  if (slow != null) return say("slow", { seconds: slow });
  return status ? say("answers", { status }) : say(accepted ? "taken" : "never");
}

function whatModelDoes({ status, hang, text, delay, ...more }) {
  if (status) return say("answers", { status });
  if (hang) return say("never");
  if (text === "") return say("nothing");
  return delay ? say("slow", { seconds: delay }) : JSON.stringify({ text, ...more });
}

function lineFault(fault) {
  const where = fault.path === "*" ? say("every") : (PATHS.find(([path]) => path === fault.path)?.[1] ?? fault.path);
  const often = fault.times == null ? say("until") : say("times", { times: fault.times });
  return `LINE ${where}：${whatLineDoes(fault)} · ${often}`;
}

export function trouble(store, { toast, refused, changed }) {
  const now = make("ul", "now");
  const node = make("section", "trouble");

  async function ask(work, done) {
    try {
      const answer = await work();
      if (done) toast(say(done, answer));
    } catch (error) {
      refused(error);
    }
  }

  // -- what is odd right now ---------------------------------------------------------------------

  function odd({ faults, model, webhook, quota }) {
    const { api } = store;
    const behave = [
      ...model.coming.map(whatModelDoes),
      ...(Object.keys(model.behaviour).length > 0 ? [`${whatModelDoes(model.behaviour)} · ${say("until")}`] : []),
    ];
    return [
      ...(webhook.url ? [] : [[say("unusable"), null]]),
      ...(webhook.active ? [] : [[say("off"), () => api.put("/webhook", { active: true })]]),
      ...(webhook.delay ? [[say("held", { seconds: webhook.delay }), () => api.put("/webhook", { delay: 0 })]] : []),
      ...(webhook.copies > 1 ? [[say("copies", { copies: webhook.copies }), () => api.put("/webhook", { copies: 1 })]] : []),
      ...faults.map((fault) => [lineFault(fault), () => api.del(`/faults/${fault.id}`)]),
      ...(behave.length > 0 ? [[`${say("model")}：${behave.join(" → ")}`, () => api.del("/model")]] : []),
      ...(quota.quota != null && quota.pushed >= quota.quota ? [[say("used_up"), () => api.put("/quota", { pushed: 0 })]] : []),
    ];
  }

  const normal = () =>
    ask(async () => {
      await store.api.del("/faults");
      await store.api.del("/model");
      await store.api.put("/webhook", { active: true, delay: 0, copies: 1 });
    });

  function show() {
    const found = odd(store.state);
    const focused = now.contains(document.activeElement);
    now.replaceChildren(
      ...found.map(([what, undo]) => make("li", "", make("span", "", what), ...(undo ? [press("", say("undo"), () => ask(undo))] : []))),
    );
    if (found.length === 0) now.append(make("li", "normal", say("normal")));
    undoAll.hidden = found.length < 2;
    if (focused) (now.querySelector("button") ?? path).focus(); // what was undone is gone
    const { webhook, quota } = store.state;
    if (!webhooks.contains(document.activeElement)) url.value = webhook.url ?? "";
    delay.value = DELAYS.includes(webhook.delay) ? String(webhook.delay) : "";
    twice.checked = webhook.copies > 1;
    active.checked = webhook.active;
    if (!quotas.contains(document.activeElement)) {
      most.value = quota.quota ?? "";
      used.value = quota.pushed;
    }
    changed(found.length);
  }

  // -- forms -------------------------------------------------------------------------------------

  function select(options) {
    return make("select", "", ...options.map(([value, label]) => Object.assign(make("option", "", label), { value })));
  }

  function form(title, controls, submit, label = say("add")) {
    const box = make("form", "panel", make("h3", "", title), ...controls, make("button", "primary", label));
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    return box;
  }

  function check(label, change) {
    const box = make("input");
    box.type = "checkbox";
    box.addEventListener("change", () => change(box.checked));
    return [box, make("label", "choice", box, make("span", "", label))];
  }

  function number(least) {
    const box = make("input");
    box.type = "number";
    box.min = String(least);
    box.step = "1";
    return box;
  }

  const often = () => select(Object.keys(OFTEN).map((name) => [name, say(name)]));
  const kinds = (table, told) => select(table.map((what, index) => [String(index), told(what)]));

  const path = select(PATHS.map(([value, label]) => [value, label ?? say("every")]));
  const lineHow = kinds(LINE, whatLineDoes);
  const lineOften = often();
  const line = form(say("line"), [labelled(say("where"), path), labelled(say("how"), lineHow), labelled(say("often"), lineOften)], () =>
    ask(() => store.api.post("/faults", { path: path.value, times: OFTEN[lineOften.value], ...LINE[lineHow.value] })),
  );

  const modelHow = kinds(MODEL, whatModelDoes);
  const modelOften = often();
  const model = form(say("model"), [labelled(say("how"), modelHow), labelled(say("often"), modelOften), make("p", "note", say("model_note"))], () => {
    const times = OFTEN[modelOften.value];
    ask(() => store.api.put("/model", { ...MODEL[modelHow.value], ...(times ? { times } : {}) }));
  });

  const url = make("input");
  url.type = "url";
  url.placeholder = "http://127.0.0.1:5000/callback";
  const delay = select(DELAYS.map((seconds) => [String(seconds), seconds ? say("seconds", { seconds }) : say("no_delay")]));
  delay.addEventListener("change", () => ask(() => store.api.put("/webhook", { delay: Number(delay.value) })));
  const [twice, twiceLabel] = check(say("twice"), (on) => ask(() => store.api.put("/webhook", { copies: on ? 2 : 1 })));
  const [active, activeLabel] = check(say("active"), (on) => ask(() => store.api.put("/webhook", { active: on })));
  const webhooks = form(
    say("webhooks"),
    [activeLabel, twiceLabel, labelled(say("delay"), delay), labelled(say("url"), url)],
    () => ask(() => store.api.put("/webhook", { url: url.value || null }), "saved"),
    say("save"),
  );

  const most = number(0);
  const used = number(0);
  const quotas = form(
    say("tokens"),
    [
      press("", say("expire_all"), () => ask(async () => ({ count: (await store.api.post("/expire", {})).expired }), "expired")),
      labelled(say("quota"), most),
      labelled(say("pushed"), used),
    ],
    () => ask(() => store.api.put("/quota", { quota: most.value === "" ? null : Number(most.value), pushed: Number(used.value || 0) }), "saved"),
    say("save"),
  );

  const [all, allLabel] = check(say("all_pictures"), (on) => {
    pictures.allowed = on;
  });
  all.checked = pictures.allowed;
  const reset = press("danger", say("reset"), () => confirm(say("reset_sure")) && ask(() => store.api.post("/reset")));
  const page = make("div", "panel", make("h3", "", say("page")), allLabel, reset);

  const undoAll = press("", say("undo_all"), normal);
  node.append(make("div", "panel wide", make("h3", "", say("now")), now, undoAll), line, model, webhooks, quotas, page);
  for (const type of ["hello", "state"]) store.on(type, show);
  return { node };
}
