"""Fourteen states of the simulator's page, each brought about as a bot and people would.

with stage() as here:
    SCENES["carousel"](here)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.e2e.rendered import code, table
from tests.e2e.stage import Json, Stage, message, postback, text
from tests.simulated import wait_until

LONG = (
    "台灣的高山茶長在海拔一千公尺以上，早晚有霧，日照短，葉子長得慢，所以苦澀少、香氣足。"
    "阿里山的茶帶點花香，梨山的茶更清，大禹嶺的產量少，價錢也高。\n\n"
    "沖的時候水不用滾，九十度上下剛好；第一泡三十秒，之後每泡多十秒。"
    "茶葉放三克，水放一百五十毫升，可以沖五、六次。\n\n"
)
TALK = (
    ("早安！今天台北會下雨嗎？", "早安 ☀️ 台北下午可能有雷陣雨，出門記得帶傘。"),
    ("明日の東京の天気は？", "明日の東京は晴れ、最高気温は28度の予想です。日焼け止めを忘れずに。"),
    ("แนะนำร้านอาหารไทยในไทเปหน่อย", "ลองร้านสุโขทัยแถวสถานีจงซาน อาหารรสจัดจ้านและบรรยากาศดีค่ะ"),
    (
        "And in English, please?",
        "Try Sukhothai near Zhongshan Station: bold flavours, kind people.",
    ),
)


# -- the states --------------------------------------------------------------------------------


def empty(here: Stage) -> None:
    """Nobody has written yet."""
    here.sim.reset()


def talk(here: Stage) -> None:
    """A talk in four languages."""
    for asked, answered in TALK:
        here.says(text(answered), to=here.sim.text(here.you, asked, wait=True))


def long_text(here: Stage) -> None:
    """Long answers in several bubbles, with a link and an unbroken word."""
    asked = here.sim.text(here.you, "高山茶怎麼泡？講詳細一點。", wait=True)
    link = "出處：https://example.com/tea/high-mountain?lang=zh-Hant#brewing"
    here.says(text(LONG * 2), text(LONG + "A" * 120), text(link), to=asked)


def dots(here: Stage) -> None:
    """An answer is on its way."""
    here.says(text("在。"), to=here.sim.text(here.you, "在嗎？", wait=True))
    here.sim.text(here.you, "幫我想一份三天的花蓮行程。", wait=True)
    here.thinks(here.you)


def _line(name: str, price: str, *, weight: str = "regular") -> Json:
    cells = [
        {"type": "text", "text": name, "size": "sm", "color": "#555555", "flex": 3, "wrap": True},
        {"type": "text", "text": price, "size": "sm", "align": "end", "weight": weight, "flex": 1},
    ]
    return {"type": "box", "layout": "horizontal", "contents": cells}


def receipt() -> Json:
    """A receipt as a Flex bubble."""
    rows = [
        {"type": "text", "text": "小春茶館", "weight": "bold", "color": "#1F6E4E", "size": "sm"},
        {"type": "text", "text": "收據", "weight": "bold", "size": "xxl", "margin": "md"},
        {"type": "text", "text": "台北市大同區 迪化街一段", "size": "xs", "color": "#8A8A8A"},
        {"type": "separator", "margin": "xxl"},
        {
            "type": "box",
            "layout": "vertical",
            "margin": "xxl",
            "spacing": "sm",
            "contents": [
                _line("東方美人茶（熱）", "$180"),
                _line("鳳梨酥 2 個", "$120"),
                {"type": "separator", "margin": "lg"},
                _line("合計", "$300", weight="bold"),
            ],
        },
    ]
    button = {"type": "button", "style": "primary", "color": "#1F6E4E", "height": "sm"}
    return {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": rows},
        "footer": {
            "type": "box",
            "layout": "vertical",
            "contents": [{**button, "action": postback("再點一次", "again")}],
        },
    }


def flex(here: Stage) -> None:
    """A Flex bubble between words."""
    bubble = {"type": "flex", "altText": "收據：合計 300 元", "contents": receipt()}
    asked = here.sim.text(here.you, "剛剛的收據", wait=True)
    here.says(text("這是您今天的收據。"), bubble, to=asked)


def _room(name: str, price: str, colour: str) -> Json:
    ground = {
        "type": "linearGradient",
        "angle": "135deg",
        "startColor": colour,
        "endColor": "#FFFFFF",
    }
    words = [
        {"type": "text", "text": name, "weight": "bold", "size": "lg", "wrap": True},
        {"type": "text", "text": price, "size": "sm", "color": "#666666", "margin": "sm"},
    ]
    hero = {
        "type": "box",
        "layout": "vertical",
        "height": "90px",
        "background": ground,
        "contents": [{"type": "filler"}],
    }
    choose = {"type": "button", "style": "link", "action": postback("選這間", f"room={name}")}
    return {
        "type": "bubble",
        "size": "micro",
        "hero": hero,
        "body": {"type": "box", "layout": "vertical", "contents": words},
        "footer": {"type": "box", "layout": "vertical", "contents": [choose]},
    }


def carousel(here: Stage) -> None:
    """Bubbles and columns side by side."""
    rooms = [
        _room("山景雙人房", "NT$ 3,200 起", "#1F6E4E"),
        _room("海景家庭房", "NT$ 5,400 起", "#0B5D8A"),
        _room("榻榻米和室", "NT$ 4,100 起", "#A3470B"),
        _room("露天溫泉套房", "NT$ 8,800 起", "#7A3B69"),
    ]
    contents = {"type": "carousel", "contents": rooms}
    columns = [
        {"title": name, "text": words, "actions": [postback("看看", name), message("下一個")]}
        for name, words in (("太魯閣", "一日健行"), ("七星潭", "看海騎車"), ("瑞穗", "牧場溫泉"))
    ]
    template = {"type": "carousel", "columns": columns}
    asked = here.sim.text(here.you, "花蓮有哪些房間和行程？", wait=True)
    here.says(
        {"type": "flex", "altText": "四種房間", "contents": contents},
        {"type": "template", "altText": "三個行程", "template": template},
        to=asked,
    )


def buttons(here: Stage) -> None:
    """Buttons under a note, and a question with two answers."""
    note = {
        "type": "buttons",
        "title": "還在想",
        "text": "還在想，好了就放在這裡。",
        "actions": [postback("看回答", "show"), {**message("算了")}],
    }
    choice = {
        "type": "confirm",
        "text": "要刪除您所有的資料嗎？",
        "actions": [postback("全部刪除", "yes"), postback("先不要", "no")],
    }
    asked = here.sim.text(here.you, "宇宙有多大？", wait=True)
    here.says({"type": "template", "altText": "還在想", "template": note}, to=asked)
    asked = here.sim.text(here.you, "刪除我的資料", wait=True)
    here.says({"type": "template", "altText": "要刪除嗎？", "template": choice}, to=asked)


def quick_replies(here: Stage) -> None:
    """Suggestions under the newest message."""
    labels = ("今天吃什麼？", "週末去哪玩", "幫我翻譯", "寫一封信", "講個笑話")
    items = [{"type": "action", "action": message(label)} for label in labels]
    asked = here.sim.text(here.you, "你會什麼？", wait=True)
    here.says(text("很多，您可以這樣開始：", quickReply={"items": items}), to=asked)


def image(here: Stage) -> None:
    """A picture, a voice and a file are sent; the bot answers with a picture of its own."""
    you, sim = here.you, here.sim
    painted = here.picture("a quiet mountain lake at dawn")
    sim.media(you, painted, kind="image", media_type="image/png", name="lake.png", wait=1)
    heard = here.voice("請問這是哪裡？")
    sim.media(you, heard, kind="audio", media_type="audio/wav", duration=3_200, wait=1)
    report = b"%PDF-1.4 " + b"0" * 182_000
    asked = sim.media(
        you, report, kind="file", media_type="application/pdf", name="旅遊計畫.pdf", wait=1
    )
    outside = "https://pictures.example.com/lake.jpg"
    shown = {"type": "image", "originalContentUrl": outside, "previewImageUrl": outside}
    here.says(text("看起來是清晨的高山湖泊。"), shown, to=asked)


def group(here: Stage) -> None:
    """Three people and the bot in a group: a mention, a quote, an edit, a message taken back."""
    sim, you = here.sim, here.you
    mei, ken = sim.user("美玲", language="zh-Hant"), sim.user("健太", language="ja")
    lunch = sim.group("週五午餐", you, mei, ken)
    sim.text(mei, "這週五要吃什麼？", chat=lunch, wait=True)
    sim.text(ken, "ラーメンがいいです！", chat=lunch, wait=True)
    typo = sim.text(mei, "好啊，幾點？十二點半可以嗎", chat=lunch, wait=True)
    sim.edit(mei, typo.message_id or "", "好啊，十二點半可以嗎？", chat=lunch, wait=True)
    gone = sim.text(ken, "間違えました", chat=lunch, wait=True)
    sim.unsend(ken, gone.message_id or "", chat=lunch, wait=True)
    words = "@Liao 公司附近有哪家拉麵店？"
    places = [{"index": 0, "length": 5, "who": "bot"}]
    asked = sim.say(you, words, places, chat=lunch)
    quote = asked.event["message"]["quoteToken"]
    here.says(text("附近有「麵屋一燈」，走路五分鐘，十一點開門。", quoteToken=quote), to=asked)
    answer = sim.messages(lunch)[-1]["id"]
    sim.text(ken, "いいですね！", chat=lunch, quoted=answer, wait=True)


def error(here: Stage) -> None:
    """LINE says 429 to a reply, and then the bot takes no webhook any more."""
    here.says(text("在。"), to=here.sim.text(here.you, "在嗎？", wait=True))
    here.sim.fault("/v2/bot/message/reply", status=429, message="Too many requests", times=None)
    asked = here.sim.text(here.you, "明天會下雨嗎？", wait=True)
    assert here.tries(text("不會。"), to=asked) == 429
    here.bot.statuses[:] = [500] * 4
    here.sim.text(here.you, "怎麼沒有回應？", wait=True)
    wait_until(lambda: here.sim.messages(here.you)[-1]["delivery"] == "failed")
    here.bot.statuses.clear()


def reconnecting(here: Stage) -> None:
    """A talk; who plays this scene ends the simulator under the open page."""
    talk(here)


SCENES: Mapping[str, Callable[[Stage], None]] = {
    "empty": empty,
    "text": talk,
    "long-text": long_text,
    "dots": dots,
    "flex": flex,
    "carousel": carousel,
    "code": code,
    "table": table,
    "buttons": buttons,
    "quick-replies": quick_replies,
    "image": image,
    "group": group,
    "error": error,
    "reconnecting": reconnecting,
}
