// What the page knows of the simulator, kept by its feed; the one place where its parts meet.
//
// store.on(type, heard) hears of what happened, after the store knows it:
//   hello    everything was asked for anew (at the start, and after each loss of the line)
//   state    store.state is newer            reset    everything but the people was forgotten
//   message  {chat, message}                 chat     {chat, about}
//   person   {person}                        loading  {chat, until}
//   unread   {person, chat}                  open     {me, chat}: another phone or chat is shown
//   webhook  {webhook}   call {call}         model    {request}
//   link     {state}: "online", "connecting" or "reconnecting"
//
// Nothing here does work in proportion to the messages of a chat when one arrives.

import { api, listen } from "./api.js";
import { thisTab } from "./kept.js";

const PATIENCE = 1000; // ms between two questions for the state
const OPENED = "opened";

export function createStore() {
  const heard = new Map();
  const people = new Map(); // id → Person, as in store.state.people
  const chats = new Map(); // id → Chat, as in store.state.chats
  const counted = new Map(); // chat → the number of its newest message that was heard or asked for
  const asking = new Set(); // for each question for the state: what was heard since it was asked
  let asked = 0;
  let later = 0;

  const store = {
    api,
    state: null,
    me: null,
    chat: null,
    link: "connecting",
    unread: new Map(), // "person chat" → how many
    on(type, does) {
      if (!heard.has(type)) heard.set(type, []);
      heard.get(type).push(does);
    },
    person: (id) => people.get(id),
    about: (id) => chats.get(id),
    isGroup: () => store.chat !== store.me,
    // Who does something where, as calls want it.
    where: () => ({ user: store.me, ...(store.isGroup() ? { chat: store.chat } : {}) }),
    name: (id) => (id === store.state?.bot.id ? store.state.bot.name : (people.get(id)?.name ?? (chats.get(id)?.name || id) ?? "")),
    open,
    // What an answer tells counts like what the feed tells: either may come first.
    hear: (event) => (HEARD[event.type] ?? other)(event),
    start: () => listen(store.hear, () => link("reconnecting")),
  };

  function tell(type, event = {}) {
    for (const does of heard.get(type) ?? []) does(event);
  }

  function link(state) {
    if (store.link === state) return;
    store.link = state;
    tell("link", { state });
  }

  // Without a chat: the person's chat with the bot.
  function open({ me = store.me, chat = me }) {
    Object.assign(store, { me, chat });
    thisTab.set(OPENED, JSON.stringify({ me, chat }));
    store.unread.delete(`${me} ${chat}`);
    tell("open", { me, chat });
  }

  // -- what the feed tells ---------------------------------------------------------------------

  // What is heard while the state is on its way may be newer than the state: it is heard once more.
  async function ask() {
    const since = [];
    asking.add(since);
    try {
      took(await api.get("/state"));
    } finally {
      asking.delete(since);
    }
    for (const [kept, all, one] of since) keep(kept, store.state[all], one);
  }

  function took(state) {
    if (state.boot !== store.state?.boot) forget();
    store.state = state;
    people.clear();
    chats.clear();
    for (const one of state.people) people.set(one.id, one);
    for (const one of state.chats) chats.set(one.id, one);
  }

  // Another run of the simulator, or an emptied one, counts from the beginning.
  function forget() {
    counted.clear();
    store.unread.clear();
  }

  function learn(kept, all, one) {
    for (const since of asking) since.push([kept, all, one]);
    if (store.state) keep(kept, store.state[all], one);
  }

  function keep(kept, all, one) {
    const known = kept.get(one.id);
    if (known) return Object.assign(known, one);
    kept.set(one.id, one);
    all.push(one);
    return one;
  }

  async function refresh() {
    await ask();
    for (const one of store.state.chats) counted.set(one.id, one.count);
    const before = JSON.parse(thisTab.get(OPENED) ?? "{}");
    const me = people.has(before.me) ? before.me : store.state.you;
    const inside = chats.get(before.chat)?.members.includes(me);
    link("online");
    open({ me, chat: inside ? before.chat : me });
    tell("hello");
  }

  const anew = () => refresh().catch(() => link("reconnecting"));

  // The first question is asked at once, those that follow it closely together.
  function askState() {
    if (later) return;
    later = setTimeout(async () => {
      later = 0;
      asked = Date.now();
      try {
        await ask();
        tell("state");
      } catch {
        link("reconnecting");
      }
    }, Math.max(0, asked + PATIENCE - Date.now()));
  }

  function message(event) {
    const { chat, message: one } = event;
    const about = chats.get(chat);
    if (about && one.seq > (counted.get(chat) ?? 0)) {
      counted.set(chat, one.seq);
      if (one.user && !about.members.includes(one.user)) about.members.push(one.user);
      count(about, one);
    }
    if (about && one.seq >= (about.last?.seq ?? 0)) about.last = one;
    tell("message", event);
  }

  function count(about, one) {
    for (const person of about.members) {
      if (person === one.user || (person === store.me && about.id === store.chat)) continue;
      const key = `${person} ${about.id}`;
      store.unread.set(key, (store.unread.get(key) ?? 0) + 1);
      tell("unread", { person, chat: about.id });
    }
  }

  const other = (event) => tell(event.type, event);
  const HEARD = {
    hello: anew,
    reset: () => {
      for (const since of asking) since.length = 0;
      forget();
      anew().then(() => tell("reset"));
    },
    state: askState,
    message,
    chat: (event) => {
      learn(chats, "chats", event.about);
      tell("chat", event);
      const { id, kind, members } = event.about;
      if (id === store.chat && kind !== "user" && !members.includes(store.me)) open({});
    },
    person: (event) => {
      learn(people, "people", event.person);
      tell("person", event);
    },
  };
  return store;
}
