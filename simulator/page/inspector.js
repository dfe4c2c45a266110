// The inspector beside the phone: two tabs, what happened and what shall go wrong.

import { $, make, press } from "./dom.js";
import { timeline } from "./timeline.js";
import { trouble } from "./trouble.js";
import { speak } from "./words.js";

const say = speak({
  "zh-Hant": { inspector: "檢查器", timeline: "時間軸", trouble: "製造狀況", odd: "{count} 項異常", close: "關閉檢查器" },
  en: { inspector: "Inspector", timeline: "Time line", trouble: "Make trouble", odd: "{count} out of the ordinary", close: "Close the inspector" },
});

export function inspector(root, store, { toast, refused, copy, close: leave }) {
  const badge = make("span", "badge");
  badge.hidden = true;
  const panes = {
    timeline: timeline(store, { toast, refused, copy }),
    trouble: trouble(store, { toast, refused, changed }),
  };
  const tabs = Object.keys(panes).map((name) => {
    const tab = press("tab", say(name), () => show(name));
    tab.role = "tab";
    tab.id = `tab-${name}`;
    panes[name].node.role = "tabpanel";
    panes[name].node.setAttribute("aria-labelledby", tab.id);
    return tab;
  });
  tabs[1].append(badge);

  // How much is out of the ordinary shows on the tab, and on the button that opens the inspector.
  function changed(count) {
    badge.hidden = count === 0;
    badge.textContent = String(count);
    badge.ariaLabel = say("odd", { count });
    $("show-inspector").classList.toggle("odd", count > 0);
  }

  function show(name) {
    Object.keys(panes).forEach((each, index) => {
      const on = each === name;
      panes[each].node.hidden = !on;
      tabs[index].ariaSelected = String(on);
      tabs[index].tabIndex = on ? 0 : -1;
    });
    if (name === "timeline") panes.timeline.toEnd();
  }

  const list = make("div", "tabs", ...tabs);
  list.role = "tablist";
  list.ariaLabel = say("inspector");
  list.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = tabs.find((tab) => tab !== document.activeElement);
    other.click();
    other.focus();
  });
  const close = press("round close", say("close"), leave, "close");
  root.ariaLabel = say("inspector");
  root.replaceChildren(make("div", "inspector-head", list, close), ...Object.values(panes).map((pane) => pane.node));
  show("timeline");
  return {
    shown: panes.timeline.toEnd,
    select(event) {
      show("timeline");
      panes.timeline.select(event);
    },
  };
}
