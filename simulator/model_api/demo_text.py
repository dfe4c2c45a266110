"""What the demo model says: a table of languages, and a few rules. Pure functions of values.

It answers in the language of the question, always says that it is a demonstration, and is useful
for trying a bot out: it repeats the question, tells how to plug in a real model, says what pictures
it sees, and writes long numbered texts that can be cut and continued. Asked by another name than
its own, it says that name first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from simulator.model_api import seeing

NAME = "demo"
LONG = 300
PARAGRAPH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language of the demo model's."""

    mark: str
    echo: str
    hello: str
    plug_in: str
    sentence: str
    the_end: str
    empty: str
    seen: str


WORDS = {
    "zh-Hant": Words(
        mark="（示範模型）",
        echo="您說的是：「{said}」。我只會重複您的話；想接上真正的模型，請問我「怎麼接模型」，"
        "也可以說「長文」看看很長的回答。",
        hello="您好！我是模擬器裡的示範模型，讓您不用任何帳號就能試用。說什麼都可以，我會照樣重複。",
        plug_in="要接上真正的模型，請在專案的 .env 檔填上 OPENAI_API_KEY=您的金鑰，"
        "或用 Ollama：OLLAMA_BASE_URL=http://127.0.0.1:11434/v1、LIAO_MODEL=llama3.2，"
        "然後重新執行 make run。",
        sentence="({n}) 這是第 {n} 句，用來試試很長的回答怎麼分段、怎麼接下去。",
        the_end="以上是全文。",
        empty="我沒有看到文字。",
        seen="我看到 {count} 張圖片：{pictures}。",
    ),
    "en": Words(
        mark="(demo model) ",
        echo='You said: "{said}". I can only repeat your words; ask me "how do I plug in a model", '
        'or say "long" to see a long answer.',
        hello="Hello! I am the simulator's demo model: you can try everything without an account. "
        "Say anything and I shall repeat it.",
        plug_in="To plug in a real model, write OPENAI_API_KEY=your-key into the project's .env, "
        "or for Ollama OLLAMA_BASE_URL=http://127.0.0.1:11434/v1 and LIAO_MODEL=llama3.2, "
        "then run `make run` again.",
        sentence="({n}) This is sentence {n}, to see how a long answer is split and continued.",
        the_end="That is all.",
        empty="I saw no text.",
        seen="I see {count} picture(s): {pictures}. ",
    ),
    "ja": Words(
        mark="（デモモデル）",
        echo="「{said}」とおっしゃいましたね。私は繰り返すことしかできません。"
        "本物のモデルをつなぐ方法は「モデルのつなぎ方」、長い回答は「長文」と送ってください。",
        hello="こんにちは！シミュレーターのデモモデルです。アカウントなしで何でも試せます。",
        plug_in="本物のモデルをつなぐには、プロジェクトの .env に OPENAI_API_KEY=あなたのキー を"
        "書いてください。Ollama なら OLLAMA_BASE_URL=http://127.0.0.1:11434/v1 と"
        " LIAO_MODEL=llama3.2 です。そのあと make run をやり直してください。",
        sentence="({n}) これは{n}番目の文です。長い回答がどう分かれ、どう続くかを試せます。",
        the_end="以上です。",
        empty="文字が見つかりませんでした。",
        seen="画像が{count}枚見えます：{pictures}。",
    ),
    "th": Words(
        mark="(โมเดลสาธิต) ",
        echo="คุณพูดว่า “{said}” ฉันทำได้แค่ทวนคำพูดของคุณ ถามว่า “ต่อโมเดลอย่างไร” "
        "เพื่อใช้โมเดลจริง หรือพิมพ์ “ยาว” เพื่อดูคำตอบยาว ๆ",
        hello="สวัสดี! ฉันคือโมเดลสาธิตของตัวจำลอง ลองใช้ได้โดยไม่ต้องมีบัญชีใด ๆ",
        plug_in="หากต้องการใช้โมเดลจริง ใส่ OPENAI_API_KEY=คีย์ของคุณ ในไฟล์ .env ของโปรเจกต์ "
        "หรือใช้ Ollama: OLLAMA_BASE_URL=http://127.0.0.1:11434/v1 และ LIAO_MODEL=llama3.2 "
        "แล้วสั่ง make run อีกครั้ง",
        sentence="({n}) นี่คือประโยคที่ {n} เพื่อดูว่าคำตอบยาวถูกแบ่งและต่ออย่างไร",
        the_end="จบแล้ว",
        empty="ฉันไม่เห็นข้อความ",
        seen="ฉันเห็นรูป {count} รูป: {pictures} ",
    ),
}

SCRIPTS = (
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ja", re.compile(r"[\u3041-\u30ff\uff66-\uff9f]")),
    ("zh-Hant", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")),
)
WISHES = (
    ("long", re.compile(r"長文|长文|很長|\blong\b|ยาว", re.I)),
    ("continue", re.compile(r"繼續|继续|接著|接下去|\bcontinue\b|続き|続けて|ต่อจาก|ทำต่อ", re.I)),
    ("plug_in", re.compile(r"模型|\bmodels?\b|モデル|โมเดล|api.?key", re.I)),
    ("hello", re.compile(r"^\W*(?:你好|您好|哈囉|嗨|hello|hi|こんにちは|สวัสดี)\W*$", re.I)),
)


def language_of(text: str) -> str:
    """Guess a text's language by its script: th, ja, zh-Hant or en."""
    return next((name for name, script in SCRIPTS if script.search(text)), "en")


def words_of(message: dict[str, Any]) -> str:
    """The text of a chat message, whose content may be a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict)]
        return "\n".join(str(part["text"]) for part in parts if part.get("text"))
    return content if isinstance(content, str) else ""


def answer(messages: list[dict[str, Any]], *, model: str = NAME) -> str:
    """Answer a conversation, deterministically, as the model that was asked."""
    name = "" if model == NAME else f"[{model}] "
    return name + _answer(messages)


def _answer(messages: list[dict[str, Any]]) -> str:
    asked = [words_of(m) for m in messages if m.get("role") == "user"]
    said = asked[-1].strip() if asked else ""
    told = [words_of(m) for m in messages if m.get("role") == "assistant"]
    words = WORDS[language_of(said)]
    wish = next((name for name, pattern in WISHES if pattern.search(said)), "echo")
    if pictures := seeing.pictures(messages[-1]) if messages else []:
        seen = words.seen.format(count=len(pictures), pictures=", ".join(pictures))
        return words.mark + seen + _shortened(said)
    if not said:
        return words.mark + words.empty
    if wish == "long":
        return words.mark + _numbered(words, first=1, last=_count(said))
    if wish == "continue" and (reached := _reached(told)):
        return words.mark + _numbered(words, first=reached + 1, last=max(LONG, reached + 1))
    told_by_heart = {"plug_in": words.plug_in, "hello": words.hello}
    return words.mark + told_by_heart.get(wish, words.echo.format(said=_shortened(said)))


def _count(said: str) -> int:
    number = re.search(r"\d{1,4}", said)
    return max(1, int(number.group())) if number else LONG


def _reached(told: list[str]) -> int:
    numbers = re.findall(r"\((\d+)\)", told[-1]) if told else []
    return int(numbers[-1]) if numbers else 0


def _numbered(words: Words, *, first: int, last: int) -> str:
    sentences = [words.sentence.format(n=n) for n in range(first, last + 1)]
    starts = range(0, len(sentences), PARAGRAPH)
    paragraphs = [" ".join(sentences[start : start + PARAGRAPH]) for start in starts]
    return "\n\n".join([*paragraphs, words.the_end])


def _shortened(said: str, most: int = 500) -> str:
    return said if len(said) <= most else said[: most - 1] + "…"


def tokens(text: str) -> int:
    """About how many tokens a text is: one a CJK or Thai character, one for four others."""
    wide = len(re.findall(r"[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af\uff00-\uffef]", text))
    return wide + (len(text) - wide + 3) // 4


def cut(text: str, most: int) -> str:
    """The longest beginning of a text that has at most `most` tokens, by `tokens`."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokens(text[:middle]) <= most else (low, middle - 1)
    return text[:low]
