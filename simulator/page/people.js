// Who there is: each person with their chats, whose phone is shown, and groups that come and go.

import { $, face, labelled, make, modal, press } from "./dom.js";
import { menu } from "./menu.js";
import { speak } from "./words.js";

const say = speak({
  "zh-Hant": {
    people: "使用者與聊天室", add: "新增使用者", group: "新增群組", name: "名字", language: "語言", members: "成員",
    create: "建立", cancel: "取消", blocked: "已封鎖", unread: "{count} 則未讀", settings: "管理", block: "封鎖機器人",
    unblock: "解除封鎖", follow: "加入好友", invite: "邀請 {name}", out: "讓 {name} 離開", bot_out: "把機器人移出群組", bot_in: "邀請機器人",
    phone: "{name} 的手機", close: "關閉",
  },
  en: {
    people: "People and chats", add: "Add a person", group: "New group", name: "Name", language: "Language", members: "Members",
    create: "Create", cancel: "Cancel", blocked: "blocked", unread: "{count} unread", settings: "Manage", block: "Block the bot",
    unblock: "Unblock", follow: "Add friend", invite: "Invite {name}", out: "Let {name} leave", bot_out: "Remove the bot", bot_in: "Invite the bot",
    phone: "{name}'s phone", close: "Close",
  },
});
const LANGUAGES = ["zh-Hant", "en", "ja", "th"];

export function people(store, { act, refused, close }) {
  const list = $("people-list");
  const drawn = new Map(); // what was drawn before: a section for each person, a button for each chat
  let queued = false;

  // Many events at once are one drawing.
  function draw() {
    if (queued || !store.state) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      const { people, you } = store.state;
      const mine = people.filter((one) => one.id === you);
      settle(list, [...mine, ...people.filter((one) => one.id !== you)].map(person));
    });
  }

  // What is there stays there: a click that has begun reaches its button, and the focus is kept.
  function settle(parent, nodes) {
    nodes.forEach((node, at) => {
      if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
    });
    while (parent.childElementCount > nodes.length) parent.lastElementChild.remove();
  }

  function once(key, made) {
    if (!drawn.has(key)) drawn.set(key, made());
    return drawn.get(key);
  }

  // Fills a node unless it looks like that already.
  function fill(node, look, parts) {
    if (node.dataset.look === look) return;
    node.dataset.look = look;
    node.replaceChildren(...parts());
  }

  function person(one) {
    const chats = store.state.chats.filter((chat) => chat.kind !== "user" && chat.members.includes(one.id));
    const rows = [
      entry(one, one.id, store.state.bot.name, one.blocked ? say("blocked") : ""),
      ...chats.map((chat) => entry(one, chat.id, chat.name, String(chat.members.length))),
    ];
    const section = once(one.id, () => make("section", "", make("h3", "")));
    const head = section.firstElementChild;
    fill(head, one.name, () => [face(one.name, one.id, "tiny"), make("span", "", one.name)]);
    settle(section, [head, ...rows]);
    section.className = one.id === store.me ? "person mine" : "person";
    section.ariaLabel = say("phone", { name: one.name });
    return section;
  }

  function goTo(where) {
    store.open(where);
    $("app").classList.remove("with-people");
    $("text").focus();
  }

  function entry(one, chat, name, note) {
    const node = once(`${one.id} ${chat}`, () => press("chat-entry", "", () => goTo({ me: one.id, chat })));
    const other = chat === one.id ? store.state.bot.id : chat;
    const open = one.id === store.me && chat === store.chat;
    const count = open ? 0 : (store.unread.get(`${one.id} ${chat}`) ?? 0);
    node.ariaCurrent = String(open);
    fill(node, JSON.stringify([name, note, count]), () => [
      face(name, other, "tiny"),
      make("span", "", name),
      ...(note ? [make("small", "", note)] : []),
      ...(count > 0 ? [badge(count)] : []),
    ]);
    return node;
  }

  function badge(count) {
    const node = make("span", "badge", String(count));
    node.ariaLabel = say("unread", { count });
    return node;
  }

  // -- what can be done with a chat -------------------------------------------------------------

  function manage(anchor) {
    const { me, chat } = store;
    if (!store.isGroup()) {
      const one = store.person(me);
      return menu(anchor, [
        one?.blocked
          ? [say("unblock"), () => act("/follow", { again: true })]
          : [say("block"), () => act("/block", {})],
        ...(one?.blocked ? [] : [[say("follow"), () => act("/follow", {})]]),
      ]);
    }
    const group = store.about(chat);
    const outside = store.state.people.filter((one) => !group.members.includes(one.id));
    return menu(anchor, [
      ...outside.map((one) => [say("invite", { name: one.name }), () => act(`/groups/${chat}/members`, { user: one.id, chat: undefined })]),
      ...group.members.map((id) => [say("out", { name: store.name(id) }), () => act(`/groups/${chat}/leave`, { user: id })]),
      [group.bot ? say("bot_out") : say("bot_in"), () => act(`/groups/${chat}/bot`, { inside: !group.bot })],
    ]);
  }

  // -- dialogs ------------------------------------------------------------------------------------

  function dialog(title, fields, submit) {
    const form = make("form", "", make("h2", "", title), ...fields);
    const ok = make("button", "primary", say("create"));
    form.append(make("div", "actions", press("", say("cancel"), () => box.close()), ok));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (ok.disabled) return; // a second Enter makes no second one
      ok.disabled = true;
      try {
        const where = await submit();
        box.close(); // gives the focus back, before the chat takes it
        goTo(where);
      } catch (error) {
        refused(error);
      }
      ok.disabled = false;
    });
    const box = modal(title, "", form);
  }

  function input() {
    const node = make("input");
    node.required = true;
    node.maxLength = 20;
    return node;
  }

  function addPerson() {
    const name = input();
    const language = make("select", "", ...LANGUAGES.map((tag) => make("option", "", tag)));
    dialog(say("add"), [labelled(say("name"), name), labelled(say("language"), language)], async () => {
      const made = await store.api.post("/people", { name: name.value, language: language.value });
      store.hear({ type: "person", person: made });
      return { me: made.id, chat: made.id };
    });
  }

  function addGroup() {
    const name = input();
    const boxes = store.state.people.map((one) => {
      const box = make("input");
      box.type = "checkbox";
      box.value = one.id;
      box.checked = one.id === store.me;
      return make("label", "choice", box, make("span", "", one.name));
    });
    const legend = make("legend", "", say("members"));
    dialog(say("group"), [labelled(say("name"), name), make("fieldset", "", legend, ...boxes)], async () => {
      const chosen = boxes.map((label) => label.firstChild).filter((box) => box.checked).map((box) => box.value);
      const members = chosen.length > 0 ? chosen : [store.me]; // somebody makes the group
      const { chat } = await store.api.post("/groups", { name: name.value, members });
      store.hear({ type: "chat", chat: chat.id, about: chat });
      return { me: members.includes(store.me) ? store.me : members[0], chat: chat.id };
    });
  }

  $("people").ariaLabel = say("people");
  $("people-add").replaceChildren(press("", say("add"), addPerson), press("", say("group"), addGroup));
  $("people-close").title = $("people-close").ariaLabel = say("close");
  $("people-close").addEventListener("click", close);
  $("manage").title = $("manage").ariaLabel = say("settings");
  $("manage").addEventListener("click", () => manage($("manage")));
  store.on("reset", () => drawn.clear());
  for (const type of ["hello", "state", "chat", "person", "open", "unread", "reset"]) store.on(type, draw);
}
