"""How the bot behaves between two people: long answers, a human, languages, coming and going."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import WholeSystem
from tests.e2e.looks import SCHEMES, View
from tests.e2e.phone import Phone
from tests.e2e.stage import all_heard
from tests.simulated import wait_until

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A long answer: as a model writes it, its pieces as they are read, the button at its code."""

    asked: str
    markdown: str
    order: tuple[str, ...]
    copy: str

    @property
    def code(self) -> str:
        return self.markdown.split("```")[1].split("\n", 1)[1].rstrip()

    @property
    def address(self) -> str:
        return self.markdown.split("](")[1].split(")")[0]


TOLD = {
    "zh-Hant": Told(
        asked="台東三天兩夜怎麼安排？",
        markdown="""## 台東三天兩夜
**先說結論**：住兩晚，搭火車去，到了租機車。

1. 第一天：鐵花村
   - 傍晚有市集，很多攤子只收 `現金`
2. 第二天：鹿野高台看熱氣球

| 項目 | 花費 | 備註 |
|---|---:|:---:|
| 民宿兩晚 | NT$4,800 | **含早餐** |
| 火車來回 | NT$3,132 | 14 天前訂 |

### 每個人多少
```python
costs = {"stay": 4800, "train": 3132}
print(sum(costs.values()) / 2)
```
時刻表看[台鐵](https://www.railway.gov.tw/)，還有 *記得帶傘*。
""",
        order=("台東三天兩夜", "鐵花村", "現金", "民宿兩晚", "每個人多少", "costs =", "時刻表"),
        copy="複製",
    ),
    "en": Told(
        asked="How do I make cold brew coffee?",
        markdown="""# Cold brew, in short
**One part coffee, eight parts water**, twelve hours in the fridge.

- Grind it coarsely
  - as coarse as sea salt
- Stir once, then leave it *alone*

| Jar | Coffee | Water |
|:--|--:|--:|
| Small | 60 g | 480 ml |
| A large one for the whole weekend | 125 g | 1,000 ml |

Or let a `script` do the sums:
```js
const water = (coffee) => coffee * 8;
console.log(water(60));
```
More: [a longer recipe](https://example.com/brew?cups=2) and **fresh** beans.
""",
        order=("Cold brew", "Grind", "sea salt", "Small", "Or let a script", "console", "More:"),
        copy="Copy",
    ),
    "ja": Told(
        asked="京都の紅葉はいつがいい？",
        markdown="""### 見ごろ
**11月下旬**がおすすめです。朝の8時前なら、まだ空いています。

1. 永観堂：ライトアップあり
2. 東福寺
   * 通天橋は`撮影禁止`の日があります

| 場所 | 見ごろ | 拝観料 |
| --- | --- | --- |
| 永観堂 | 11月中旬〜下旬 | 1,000円 |

合計はこう計算できます。
```sql
SELECT name, SUM(fee) AS total
FROM temples GROUP BY name;
```
> 混雑の予想：[京都観光Navi](https://ja.kyoto.travel/)
""",
        order=("見ごろ", "永観堂", "撮影禁止", "拝観料", "合計", "SELECT", "混雑"),
        copy="コピー",
    ),
    "th": Told(
        asked="ไปเชียงใหม่เดือนไหนดี",
        markdown="""## ไปเชียงใหม่เดือนไหนดี
**พฤศจิกายนถึงกุมภาพันธ์**อากาศเย็น เดินเที่ยวสบาย

- ดอยอินทนนท์
  - เช้า ๆ หนาว เตรียม`เสื้อกันหนาว`

| เดือน | อุณหภูมิ | ค่าที่พัก |
|---|---|---|
| พฤศจิกายน | 20–30 °C | 900 บาท |
| เมษายน | 25–38 °C | 600 บาท |

คำนวณงบได้แบบนี้
```python
nights, room = 3, 900
print(nights * room)
```
ดูเพิ่มที่ [การท่องเที่ยว](https://www.tourismthailand.org/) ได้เลย
""",
        order=("เชียงใหม่เดือน", "อินทนนท์", "เสื้อกันหนาว", "อุณหภูมิ", "คำนวณ", "nights,", "ดูเพิ่ม"),
        copy="คัดลอก",
    ),
}


@pytest.fixture
def phone(browser: Browser, system: WholeSystem) -> Iterator[Phone]:
    """The page, which may read what was copied."""
    with system.story(browser) as phone:
        phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield phone


def meets(phone: Phone, system: WholeSystem, name: str, language: str = "zh-Hant") -> str:
    """Somebody who never wrote before takes their phone; their id."""
    somebody = system.sim.user(name, language=language)
    phone.opens(name, "Liao")
    return somebody


@pytest.mark.parametrize("language", TOLD)
def test_a_long_answer_is_read_from_top_to_bottom_without_a_sign_of_markup(
    phone: Phone, system: WholeSystem, language: str
) -> None:
    told = TOLD[language]
    somebody = meets(phone, system, f"long-{language}", language)
    phone.page.evaluate("navigator.clipboard.writeText('')")
    system.sim.model(text=told.markdown, times=1)
    phone.writes(told.asked)
    phone.sees(told.order[-1])
    kinds = [reply["type"] for reply in system.sim.replies(somebody)]
    assert kinds == ["text", "flex", "text", "flex", "text"]
    assert len(system.sim.calls("/v2/bot/message/reply")) == 1
    shown = phone.chat.inner_text()
    places = [shown.index(piece) for piece in told.order]
    assert places == sorted(places)
    assert re.findall(r"[*`#~|]|---|\]\(", shown.replace(told.code, "")) == []
    expect(phone.chat.get_by_role("link", name=told.address, exact=True)).to_be_visible()
    phone.taps(told.copy)
    expect(phone.page.get_by_role("status").get_by_text("已複製")).to_be_visible()
    assert phone.clipboard == told.code
    for scheme in SCHEMES:
        phone.page.emulate_media(color_scheme=scheme)
        View(state=language, size="phone", scheme=scheme, page=phone.page).check()


def test_who_wants_a_human_hears_who_comes_and_the_bot_is_silent_until_it_is_called_back(
    phone: Phone, system: WholeSystem
) -> None:
    somebody = meets(phone, system, "小真")
    phone.writes("訂單 kiwi-2291 不見了")
    phone.sees(re.compile("示範模型.*kiwi-2291"))
    phone.writes("/真人客服")
    phone.sees("好，我請聊聊的人來。他們看得到這裡最近的訊息，會直接在這裡回你。")
    phone.sees(re.compile(r"在那之前我不插話，\d+ 月 \d+ 日 \d\d:\d\d 回來。"))
    lines = re.compile(r'{.*"fact": "human_wanted".*}')
    found = wait_until(lambda: lines.findall(system.process.output), what="the operator's line")
    assert json.loads(found[-1]).keys() == {"time", "level", "fact", "chat", "until"}
    told = len(system.sim.replies(somebody))
    phone.writes("kiwi-2292 呢？")
    all_heard(system.sim)
    system.settle()
    assert len(system.sim.replies(somebody)) == told
    phone.taps("回到機器人")
    phone.sees("我回來了，想聊什麼？")
    phone.writes("kiwi-2293 好吃嗎？")
    phone.sees(re.compile("示範模型.*kiwi-2293"))
    assert len(system.sim.model_requests()) == 2
    assert "kiwi" not in system.process.output


def test_who_chooses_japanese_is_spoken_to_in_japanese_from_then_on(
    phone: Phone, system: WholeSystem
) -> None:
    meets(phone, system, "小語")
    phone.writes("/語言")
    phone.sees("要我說哪種語言？")
    phone.taps("日本語")
    phone.sees("これからは日本語で話します。")
    phone.writes("/ヘルプ")
    phone.sees("聞きたいことを、そのまま送ってください。こんなこともできます：")
    phone.page.get_by_role("button", name="貼圖", exact=True).click()
    phone.page.get_by_role("button", name="貼圖：謝謝").click()
    phone.sees("スタンプ、届きました！話したいことを、そのまま送ってください。")


def test_who_unblocks_the_bot_is_welcomed_back_and_goes_on_where_they_were(
    phone: Phone, system: WholeSystem
) -> None:
    meets(phone, system, "小歸")
    phone.writes("我的貓愛喝茶嗎？")
    phone.sees(re.compile("示範模型.*我的貓愛喝茶嗎？"))
    phone.page.get_by_role("button", name="管理").click()
    phone.page.get_by_role("menuitem", name="封鎖機器人").click()
    expect(phone.page.get_by_text("您封鎖了 Liao。")).to_be_visible()
    phone.page.get_by_role("button", name="解除封鎖").click()
    phone.sees("歡迎回來！我們接著聊。")
    phone.page.get_by_role("group", name="快速回覆").get_by_role("button").first.click()
    phone.sees(re.compile("示範模型.*今天晚餐吃什麼好？"))
    assert "我的貓愛喝茶嗎？" in str(system.sim.model_requests()[-1]["body"]["messages"])


def test_a_sticker_and_a_video_get_a_few_words_and_a_place_is_told_to_the_model(
    phone: Phone, system: WholeSystem
) -> None:
    meets(phone, system, "小物")
    phone.page.get_by_role("button", name="貼圖", exact=True).click()
    phone.page.get_by_role("button", name="貼圖：真棒").click()
    phone.sees("收到你的貼圖！想聊什麼，直接說就好。")
    phone.attaches("影片", "trip.mp4", "video/mp4", b"a trip")
    phone.sees("影片我還看不了，可以截圖傳給我，或用文字告訴我。")
    assert system.sim.model_requests() == []
    phone.page.get_by_role("button", name="附加").click()
    phone.page.get_by_role("menuitem", name="位置").click()
    phone.sees(re.compile("示範模型.*台北 101; 台北市信義區信義路五段 7 號; 25.0339"))
