// What the time line says of a webhook, a call to LINE, or a request to the model: functions of the
// entries that the simulator tells of. An entry reads as
//   {key, at, title, about, status: {text, tone}, ms, marks, parts: [[heading, value], …], progress}
// where tone is "good", "bad", "odd" or "open", marks are short words beside the status, and progress
// only grows, so that of two tellings of an entry the later one is known.

import { speak } from "./words.js";

const say = speak({
  "zh-Hant": {
    sending: "傳送中", held: "延後中", waiting: "等待重送", delivered: "已送達", failed: "失敗", open: "進行中", attempts: "嘗試", event: "事件",
    request: "請求", answer: "回應", query: "查詢參數", ids: "識別碼", fault: "模擬故障",
  },
  en: {
    sending: "sending", held: "held back", waiting: "will be sent again", delivered: "delivered", failed: "failed", open: "under way", attempts: "Attempts",
    event: "Event", request: "Request", answer: "Answer", query: "Query", ids: "Ids", fault: "simulated fault",
  },
});

const LONGEST = 90;

const shortened = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const numbered = (status) => ({ text: String(status), tone: status < 300 ? "good" : status < 500 ? "odd" : "bad" });
const status = (entry) => (entry.status == null ? { text: say("open"), tone: "open" } : numbered(entry.status));
const done = (entry) => (entry.status == null ? 0 : entry.answer == null ? 1 : 2); // a stream ends after its status
const filled = (parts) => parts.filter(([, value]) => value != null && value !== "");

const TONES = { delivered: "good", failed: "bad", waiting: "odd", held: "open", sending: "open" };

function webhook(one, name) {
  const { event, attempts } = one;
  const last = attempts.at(-1);
  const who = name(event.source?.userId);
  const said = event.message?.text ?? event.message?.fileName ?? event.postback?.data ?? "";
  const told = last?.status ? String(last.status) : say(one.state);
  return {
    key: `webhook ${one.id}`,
    at: one.at,
    title: event.message ? `${one.type} · ${event.message.type}` : one.type,
    about: shortened([who, said].filter(Boolean).join("：")),
    status: { text: told, tone: last?.status && TONES[one.state] === "open" ? numbered(last.status).tone : TONES[one.state] },
    ms: last?.ms,
    marks: [...(attempts.length > 1 ? [`×${attempts.length}`] : []), ...(last?.error ? [last.error] : [])],
    parts: filled([
      [say("attempts"), attempts.map((each) => ({ ...each, at: new Date(each.at).toISOString() }))],
      [say("event"), event],
    ]),
    progress: 2 * attempts.length + (["delivered", "failed"].includes(one.state) ? 1 : 0),
  };
}

const PREFIX = /^\/v2\/(?:bot\/)?/;
const ID = /[UCR][0-9a-f]{32}/g;

function call(one, name) {
  const to = one.body?.chatId ?? one.body?.to;
  const whom = typeof to === "string" ? [name(to)] : [];
  const sent = one.body?.messages?.map((message) => message.text ?? message.altText ?? message.type) ?? [];
  return {
    key: `call ${one.seq}`,
    at: one.at,
    title: `${one.method} ${one.path.replace(PREFIX, "").replace(ID, name)}`,
    about: shortened([...(one.status >= 400 ? [one.answer?.message] : []), ...whom, ...sent].filter(Boolean).join(" / ")),
    status: status(one),
    ms: one.ms,
    marks: one.fault ? [say("fault")] : [],
    parts: filled([
      [say("query"), one.query],
      [say("request"), one.body],
      [say("answer"), one.answer],
      [say("ids"), { "x-line-request-id": one.request_id, ...(one.retry_key ? { "x-line-retry-key": one.retry_key } : {}) }],
    ]),
    progress: done(one),
  };
}

function asked(body) {
  const content = body?.messages?.at(-1)?.content ?? body?.input ?? body?.prompt ?? body?.file?.name ?? "";
  const last = Array.isArray(content) ? content.at(-1) : content;
  const text = last?.content ?? last?.text ?? last;
  return typeof text === "string" ? text : "";
}

function model(one) {
  return {
    key: `model ${one.seq}`,
    at: one.at,
    title: one.endpoint,
    about: shortened([one.body?.model, asked(one.body)].filter(Boolean).join("：")),
    status: status(one),
    ms: one.ms,
    marks: [],
    parts: filled([[say("request"), one.body], [say("answer"), one.answer]]),
    progress: done(one),
  };
}

const READERS = { webhook, call, model };
export const KINDS = Object.keys(READERS);
export const read = (kind, entry, name) => ({ kind, ...READERS[kind](entry, name) });
