// Pictures, voices, videos and files: those that people sent lie in the simulator, the bot's voices
// and videos wherever it says, and are fetched when somebody plays them.

import { make, modal, press, symbol } from "./dom.js";
import { picture } from "./pictures.js";
import { speak } from "./words.js";

const say = speak({
  "zh-Hant": { large: "放大圖片", picture: "圖片", play: "播放", pause: "暫停", download: "下載 {name}", close: "關閉", place: "播放位置", video: "播放影片", broken: "放不出來" },
  en: { large: "Enlarge the picture", picture: "Picture", play: "Play", pause: "Pause", download: "Download {name}", close: "Close", place: "Position", video: "Play the video", broken: "It doesn't play" },
});

const bytesAt = (message) => `/sim/media/${message.id}`;

export function photo(message) {
  const image = make("img");
  image.alt = say("picture");
  image.src = bytesAt(message);
  const node = press("photo", say("large"), () => enlarge(image.src));
  node.replaceChildren(image);
  node.ariaLabel = say("large");
  return node;
}

function enlarge(source) {
  const image = make("img");
  image.src = source;
  image.alt = say("picture");
  const dialog = modal("", "viewer", image, press("round", say("close"), () => dialog.close(), "close"));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

const seconds = (value) => `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, "0")}`;

// A player of our own look; `duration` in milliseconds is what LINE was told.
export function audio(source, duration) {
  const sound = make("audio");
  sound.preload = "none";
  sound.src = source;
  const clock = make("span", "clock", seconds((duration ?? 0) / 1000));
  const bar = make("progress", "");
  bar.ariaLabel = say("place");
  bar.max = 1;
  bar.value = 0;
  const button = press("round", say("play"), () => (sound.paused ? sound.play().catch(broken) : sound.pause()), "play");
  const broken = (error) => { if (error.name === "NotSupportedError") clock.replaceWith(say("broken")); };
  const show = () => {
    button.replaceChildren(symbol(sound.paused ? "play" : "pause"));
    button.title = button.ariaLabel = say(sound.paused ? "play" : "pause");
  };
  sound.addEventListener("play", show);
  sound.addEventListener("pause", show);
  sound.addEventListener("timeupdate", () => {
    const whole = Number.isFinite(sound.duration) ? sound.duration : (duration ?? 1000) / 1000;
    bar.value = Math.min(1, sound.currentTime / whole);
    clock.textContent = seconds(sound.currentTime);
  });
  return make("div", "bubble voice", button, bar, clock, sound);
}

export function video(source) {
  const node = make("video", "film");
  node.controls = true;
  node.preload = "metadata";
  node.src = source;
  return node;
}

// A video of the bot's: its picture, and a button that puts a player in the picture's place.
export function film(className, source, preview, ratio) {
  const shown = picture(preview, { ratio, label: say("video") });
  const play = press("round play", say("video"), (event) => {
    event.stopPropagation(); // it may lie in a box that can be tapped, too
    const player = video(source);
    player.style.aspectRatio = ratio;
    shown.replaceWith(player);
    play.remove();
    player.focus();
    player.play().catch(() => {}); // the player itself shows what doesn't play
  }, "play");
  return make("div", className, shown, play);
}

const UNITS = ["B", "KB", "MB"];

function size(bytes) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** step).toFixed(step > 0 ? 1 : 0)} ${UNITS[step]}`;
}

export function file(message) {
  const { fileName, fileSize } = message.content;
  const node = make("a", "bubble file", symbol("file"), make("span", "", make("b", "", fileName), make("small", "", size(fileSize))));
  node.href = bytesAt(message);
  node.download = fileName;
  node.ariaLabel = say("download", { name: fileName });
  return node;
}
