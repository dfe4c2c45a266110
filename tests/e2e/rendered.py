"""Answers with code and with tables, as the bot's own adapter makes them of what is to be said."""

from __future__ import annotations

from chalicelib.adapters.line.messages import to_line
from chalicelib.domain.messages import Code, Message, Say, Table, Tap, Text
from tests.e2e.stage import Stage

PROGRAM = """from dataclasses import dataclass


@dataclass(frozen=True)
class Tea:
    name: str
    price: int

    def told(self) -> str:
\t\tif not self.price:
\t\t\treturn f"{self.name}：時價，請問店員；每天早上十點更新一次，賣完就沒有了"
\t\treturn f"{self.name}：{self.price} 元"
"""
STEPS = "".join(f"step_{number} = {number}  # 第 {number} 步\n" for number in range(60))
TEAS = Table(
    header=("茶", "香氣", "價格"),
    rows=(
        ("東方美人", "蜜香與熟果香，小綠葉蟬咬過的葉子才有", "NT$1,800"),
        ("凍頂烏龍", "中焙火", "NT$900"),
        ("文山包種", "", "NT$680"),
    ),
)
PHONES = Table(
    header=("型號", "螢幕", "電池", "重量", "價格"),
    rows=(
        ("Pixel 9", "6.3 吋 OLED，120 Hz", "4,700 mAh", "198 g", "NT$26,990"),
        ("iPhone 16", "6.1 吋 OLED", "3,561 mAh", "170 g", "NT$29,900"),
        ("Galaxy S25", "6.2 吋 AMOLED", "4,000 mAh", "162 g", ""),
    ),
    suggestions=(Say("哪一支最輕？", "哪一支最輕？"), Tap("只看價格", "turns:prices")),
)


def code(here: Stage) -> None:
    """A program, and one that takes two taps to copy."""
    asked = here.sim.text(here.you, "幫我寫一份茶單", wait=True)
    said: tuple[Message, ...] = (
        Text(text="可以這樣寫："),
        Code(text=STEPS, copy_label="複製"),
        Code(text=PROGRAM, language="python", copy_label="複製"),
    )
    here.says(*map(to_line, said), to=asked)


def table(here: Stage) -> None:
    """A table in columns, and a wider one as cards with suggestions below."""
    asked = here.sim.text(here.you, "比較一下", wait=True)
    here.says(to_line(TEAS), to_line(PHONES), to=asked)
