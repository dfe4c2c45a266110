// Where a person writes: text with mentions, quotes and edits; stickers; pictures, voices, files.

import { drawing, snippet, stickerName, STICKERS } from "./bubbles.js";
import { $, make, press } from "./dom.js";
import { thisTab } from "./kept.js";
import { mentions } from "./mentions.js";
import { menu } from "./menu.js";
import { speak } from "./words.js";

const say = speak({
  "zh-Hant": {
    write: "輸入訊息", send: "傳送", stickers: "貼圖", attach: "附加", image: "圖片", audio: "語音檔", video: "影片",
    file: "檔案", location: "位置", replying: "回覆 {name}", editing: "編輯訊息", cancel: "取消",
    where: "台北 101", address: "台北市信義區信義路五段 7 號",
  },
  en: {
    write: "Write a message", send: "Send", stickers: "Stickers", attach: "Attach", image: "Picture", audio: "Voice file",
    video: "Video", file: "File", location: "Location", replying: "Reply to {name}", editing: "Edit message", cancel: "Cancel",
    where: "Taipei 101", address: "No. 7, Sec. 5, Xinyi Rd., Taipei",
  },
});
const TALLEST = 140;
const ACCEPTS = { image: "image/*", audio: "audio/*", video: "video/*", file: "" };

export function composer(store, { act, upload }) {
  const field = $("text");
  const mention = mentions(store, field);
  let quoted = null;
  let edited = null;
  let opened = ""; // whose draft is in the field
  const mentioned = new Map(); // draft → whom it may mention

  // -- writing -----------------------------------------------------------------------------------

  const draftKey = () => `draft ${store.me} ${store.chat}`;
  // What waits while an edit is made.
  const draft = () => (edited ? (thisTab.get(draftKey()) ?? "") : "");

  async function send() {
    const written = field.value;
    const text = written.trim();
    if (!text || !store.me) return;
    const lost = written.length - written.trimStart().length;
    const found = mention.places(written).map((one) => ({ ...one, index: one.index - lost }));
    const body = { text, mentions: found };
    const [path, more] = edited ? ["/edit", { message: edited.id }] : ["/text", quoted ? { quoted: quoted.id } : {}];
    const before = { quoted, edited };
    const chat = draftKey();
    const people = mention.begin();
    const next = field.value = draft();
    context({});
    grow();
    if (await act(path, { ...body, ...more })) return;
    // It goes back to where it was written, unless something new was begun there.
    if (draftKey() !== chat) {
      if (!thisTab.get(chat)) thisTab.set(chat, written);
      return;
    }
    if (field.value !== next) return;
    field.value = written;
    mention.begin(people);
    context(before);
    grow();
  }

  function context({ quoted: reply = null, edited: change = null }) {
    quoted = reply;
    edited = change;
    const about = reply ?? change;
    $("context").hidden = !about;
    if (!about) return;
    const title = change ? say("editing") : say("replying", { name: store.name(reply.user ?? store.state.bot.id) });
    const cancel = press("round", say("cancel"), leave, "close");
    $("context").replaceChildren(make("div", "", make("b", "", title), make("span", "", snippet(about))), cancel);
  }

  // No quote, no edit any more; what an edit was about isn't written anew.
  function leave() {
    if (edited) {
      field.value = draft();
      mention.begin();
    }
    context({});
    grow();
    field.focus();
  }

  // Growing reads the field's own height only, so the log is never laid out for a key.
  let queued = false;
  function grow() {
    $("send").disabled = !field.value.trim();
    if (!edited) thisTab.set(draftKey(), field.value);
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      field.style.height = "auto";
      field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
      field.style.overflowY = field.scrollHeight > TALLEST ? "auto" : "hidden";
    });
  }

  function fill(text) {
    field.value = text;
    grow();
    field.focus();
  }

  // -- other things to send ----------------------------------------------------------------------

  function choose(kind) {
    const input = $("chooser");
    input.accept = ACCEPTS[kind];
    input.multiple = kind === "image";
    input.onchange = () => {
      sendFiles([...input.files], kind);
      input.value = "";
    };
    input.click();
  }

  const kindOf = (blob) => ["image", "audio", "video"].find((kind) => blob.type.startsWith(`${kind}/`)) ?? "file";

  // Several pictures at once are one set, as on a phone.
  async function sendFiles(files, kind) {
    const where = store.where(); // it may be another chat before all of them are sent
    const images = files.filter((one) => (kind ?? kindOf(one)) === "image");
    const set = images.length > 1 ? crypto.randomUUID().replaceAll("-", "").toUpperCase() : "";
    for (const one of files) {
      const as = kind ?? kindOf(one);
      const place = set && as === "image" ? { set, index: images.indexOf(one) + 1, total: images.length } : {};
      const duration = as === "audio" || as === "video" ? await lengthOf(one) : 0;
      await upload(one, { ...where, kind: as, name: one.name, ...place, ...(duration ? { duration } : {}) });
    }
  }

  function lengthOf(blob) {
    const player = document.createElement("audio");
    const source = URL.createObjectURL(blob);
    return new Promise((resolve) => {
      player.onloadedmetadata = () => resolve(Number.isFinite(player.duration) ? Math.round(player.duration * 1000) : 0);
      player.onerror = () => resolve(0);
      player.src = source;
    }).finally(() => URL.revokeObjectURL(source));
  }

  const sendPlace = () => act("/location", { title: say("where"), address: say("address"), latitude: 25.0339, longitude: 121.5645 });

  // -- the stickers and the rest ------------------------------------------------------------------

  function tray(open) {
    $("tray").hidden = !open;
    $("stickers").ariaExpanded = String(open);
  }

  field.placeholder = field.ariaLabel = say("write");
  $("send").title = $("send").ariaLabel = say("send");
  $("stickers").title = $("stickers").ariaLabel = $("tray").ariaLabel = say("stickers");
  $("attach").title = $("attach").ariaLabel = say("attach");
  for (const one of STICKERS) {
    const node = press("", stickerName(one), () => {
      tray(false);
      act("/sticker", { package: one.package, sticker: one.sticker, ...(quoted ? { quoted: quoted.id } : {}) });
      if (quoted) context({});
      field.focus();
    });
    node.replaceChildren(drawing(one.name));
    node.title = node.ariaLabel = stickerName(one);
    $("tray").append(node);
  }
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a candidate; 229 is Safari's sign of it.
    const composing = event.isComposing || event.keyCode === 229;
    if (composing || mention.takes(event) || event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  });
  field.addEventListener("paste", (event) => {
    const { types, files: found } = event.clipboardData;
    const files = [...found];
    // A word processor's words come with a picture of them.
    if (files.length === 0 || (types.includes("text/html") && types.includes("text/plain"))) return;
    event.preventDefault();
    sendFiles(files);
  });
  // Anywhere: the browser would show a file that misses its place instead of this page.
  const carriesFiles = (event) => event.dataTransfer.types.includes("Files");
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    sendFiles([...event.dataTransfer.files]);
  });
  $("stickers").addEventListener("click", () => tray($("tray").hidden));
  $("attach").addEventListener("click", () =>
    menu($("attach"), [...Object.keys(ACCEPTS).map((kind) => [say(kind), () => choose(kind)]), [say("location"), sendPlace]]),
  );
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    if (!$("tray").hidden) {
      tray(false);
      $("stickers").focus();
    } else if (quoted || edited) leave();
  });
  store.on("open", () => {
    const now = draftKey();
    if (now === opened) return; // the line came back: what is being written stays
    mentioned.set(opened, mention.begin(mentioned.get(now)));
    opened = now;
    context({});
    field.value = thisTab.get(draftKey()) ?? "";
    grow();
  });
  store.on("reset", () => context({}));

  return {
    fill,
    choose,
    sendPlace,
    quote(message) {
      context({ quoted: message });
      field.focus();
    },
    edit(message) {
      context({ edited: message });
      mention.know(message.content);
      fill(message.content.text);
    },
  };
}
