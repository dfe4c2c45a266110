// What the browser keeps for the page. Where it may not (a private window, a full disk, a strict
// setting), the page works all the same, and forgets with its end.

function keeper(name) {
  const here = new Map();
  return {
    get(key) {
      try {
        return here.get(key) ?? window[name].getItem(key);
      } catch {
        return here.get(key) ?? null;
      }
    },
    set(key, value) {
      try {
        window[name].setItem(key, value);
        here.delete(key);
      } catch {
        here.set(key, value);
      }
    },
  };
}

export const always = keeper("localStorage");
export const thisTab = keeper("sessionStorage");
