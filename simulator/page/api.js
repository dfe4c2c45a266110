// The page's line to the simulator: JSON calls under /sim, and its feed of all that happens.

async function call(method, path, body) {
  const response = await fetch(`/sim${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.json();
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);

const AGAIN = 1000;

// Calls heard(event) for each event; lost() when the simulator is away. Comes back by itself, and
// every return begins with a "hello" event, after which the whole state is asked for anew.
export function listen(heard, lost) {
  const source = new EventSource("/sim/events");
  source.onmessage = (message) => heard(JSON.parse(message.data));
  source.onerror = () => {
    lost();
    if (source.readyState === EventSource.CLOSED) {
      source.close();
      setTimeout(() => listen(heard, lost), AGAIN);
    }
  };
  window.addEventListener("pagehide", () => source.close(), { once: true });
}
