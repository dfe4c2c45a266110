// The page's line to the simulator: calls under /sim, and its feed of all that happens.

// What the simulator didn't do, in its own words. Where it can't be asked at all, a TypeError comes.
export class Refused extends Error {
  constructor(words, status) {
    super(words);
    this.status = status;
  }
}

async function call(method, path, body, type = "application/json") {
  const response = await fetch(`/sim${path}`, { method, headers: { "content-type": type }, body });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? `${method} ${path}: ${response.status}`, response.status);
  return answer;
}

const json = (body) => (body === undefined ? undefined : JSON.stringify(body));

export const api = {
  get: (path) => call("GET", path),
  post: (path, body) => call("POST", path, json(body)),
  put: (path, body) => call("PUT", path, json(body)),
  del: (path) => call("DELETE", path),
  // Bytes as they are. What says it is JSON would be read as a call's own body.
  upload: (path, file) => {
    const type = file.type || "application/octet-stream";
    return call("POST", path, file, type.startsWith("application/json") ? "text/json" : type);
  },
};

const AGAIN = 1000;

// Calls heard(event) for each event; lost() when the simulator is away. Comes back by itself, and
// every return begins with a "hello" event, after which the whole state is asked for anew.
export function listen(heard, lost) {
  let source = null;

  function begin() {
    source?.close();
    source = new EventSource("/sim/events");
    source.onmessage = (message) => heard(JSON.parse(message.data));
    source.onerror = () => {
      lost();
      if (source.readyState === EventSource.CLOSED) setTimeout(begin, AGAIN);
    };
  }

  window.addEventListener("pagehide", () => source.close());
  // Who comes back to it finds the page as it was, but without its line.
  window.addEventListener("pageshow", (event) => event.persisted && begin());
  begin();
}
