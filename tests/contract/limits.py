"""Every limit of LINE's that the simulator enforces, with a request that holds so many of a thing.

`LIMITS` is one table; each row is tried below, at and above its limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator import limits
from simulator.rules import Rule
from tests.contract.bodies import (
    NOBODY,
    PICTURE,
    action,
    buttons,
    carousel,
    chips,
    column,
    confirm,
    emojis,
    flex,
    footed,
    image_map,
    image_map_of,
    image_map_with_link,
    long_url,
    mentions,
    menu,
    menu_area,
    of_text,
    picture,
    place,
    sized_menu,
    spot,
    strangers,
    template,
    text,
    video,
    words,
)

Json = dict[str, Any]
Build = Callable[[int], Json]
BOT = "/line/v2/bot"
MOST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Where bodies of one kind are sent, what is answered to one that is in order, and its rule."""

    verb: str
    path: str
    taken: int
    rule: Rule


REPLY = Asking(verb="POST", path=f"{BOT}/message/reply", taken=200, rule=limits.REPLY)
PUSH = Asking(verb="POST", path=f"{BOT}/message/push", taken=200, rule=limits.PUSH)
MULTICAST = Asking(verb="POST", path=f"{BOT}/message/multicast", taken=200, rule=limits.MULTICAST)
LOADING = Asking(verb="POST", path=f"{BOT}/chat/loading/start", taken=202, rule=limits.LOADING)
ENDPOINT = Asking(
    verb="PUT", path=f"{BOT}/channel/webhook/endpoint", taken=200, rule=limits.ENDPOINT
)
TEST = Asking(verb="POST", path=f"{BOT}/channel/webhook/test", taken=200, rule=limits.TEST_ENDPOINT)
MENU = Asking(verb="POST", path=f"{BOT}/richmenu/validate", taken=200, rule=limits.RICH_MENU)
#: What these name isn't there, and that is said once the body is in order.
ALIAS = Asking(verb="POST", path=f"{BOT}/richmenu/alias", taken=404, rule=limits.RICH_MENU_ALIAS)
LINKS = Asking(
    verb="POST", path=f"{BOT}/richmenu/bulk/link", taken=404, rule=limits.RICH_MENU_LINKS
)
UNLINKS = Asking(
    verb="POST", path=f"{BOT}/richmenu/bulk/unlink", taken=202, rule=limits.RICH_MENU_UNLINKS
)
BATCH = Asking(
    verb="POST", path=f"{BOT}/richmenu/validate/batch", taken=200, rule=limits.RICH_MENU_BATCH
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """From `least` to `most` of a thing in steps; without a `least`, nothing is below it."""

    asking: Asking
    least: int | None
    most: int
    build: Build
    step: int = 1

    def sizes(self) -> tuple[list[int], list[int]]:
        """What is to be taken: at the limits, and just within; and what is to be refused."""
        within = {self.most, self.most - self.step}
        beyond = {self.most + self.step}
        if self.least is not None:
            within = {size for size in within if size >= self.least} | {self.least}
            beyond.add(self.least - self.step)
        return sorted(within), sorted(beyond)


def said(least: int | None, most: int, build: Build) -> Limit:
    """A limit of a message."""
    return Limit(asking=REPLY, least=least, most=most, build=lambda n: {"messages": [build(n)]})


def asked(asking: Asking, least: int | None, most: int, build: Build, step: int = 1) -> Limit:
    """A limit of another body."""
    return Limit(asking=asking, least=least, most=most, build=build, step=step)


def tapped(kind: str, least: int | None, most: int, build: Build) -> Limit:
    """A limit of an action."""
    return said(least, most, lambda n: buttons(actions=[action(kind, **build(n))]))


LIMITS: Mapping[str, Limit] = {
    "the messages of a call": asked(REPLY, 1, 5, lambda n: {"messages": [text()] * n}),
    "a text's units": said(1, 5_000, lambda n: text("x" * n)),
    "a text's units where a sign is two": said(1, 2_500, lambda n: text("🌞" * n)),
    "the quick replies": said(1, 13, lambda n: chips(*[action()] * n)),
    "a quick reply's label": said(1, 20, lambda n: chips(action(label="字" * n))),
    "a label's graphemes": said(1, 20, lambda n: chips(action(label="👩‍👩‍👧" * n))),
    "a quick reply's icon": said(
        None,
        2_000,
        lambda n: text(
            quickReply={"items": [{"type": "action", "action": action(), "imageUrl": long_url(n)}]}
        ),
    ),
    "the sender's name": said(1, 20, lambda n: text(sender={"name": "x" * n})),
    "the emojis of a text": said(1, 20, emojis),
    "the substitutions of a text": said(None, 100, mentions),
    # -- actions
    "a message action's text": tapped("message", 1, 300, lambda n: {"text": "x" * n}),
    "a postback's data": tapped("postback", 1, 300, lambda n: {"data": "x" * n}),
    "its display text": tapped("postback", 1, 300, lambda n: {"displayText": "x" * n}),
    "a link's length": tapped("uri", None, 1_000, lambda n: {"uri": long_url(n)}),
    "a clipboard's text": tapped("clipboard", 1, 1_000, lambda n: {"clipboardText": "x" * n}),
    "a clipboard's units where a sign is two": tapped(
        "clipboard", 1, 500, lambda n: {"clipboardText": "🌞" * n}
    ),
    "a rich menu's alias": tapped("richmenuswitch", 1, 32, lambda n: {"richMenuAliasId": "x" * n}),
    # -- templates
    "an alternative text": said(1, 1_500, lambda n: {**buttons(), "altText": "x" * n}),
    "a buttons template's text": said(1, 160, lambda n: buttons(text="字" * n)),
    "its text with a title": said(1, 60, lambda n: buttons(title="x", text="x" * n)),
    "its text with a picture": said(
        1, 60, lambda n: buttons(thumbnailImageUrl=PICTURE, text="x" * n)
    ),
    "its title": said(1, 40, lambda n: buttons(title="x" * n)),
    "a title's graphemes": said(1, 40, lambda n: buttons(title="👩‍👩‍👧" * n)),
    "its buttons": said(1, 4, lambda n: buttons(actions=[action()] * n)),
    "its buttons under a title": said(1, 4, lambda n: buttons(title="x", actions=[action()] * n)),
    "a button's label": said(1, 20, lambda n: buttons(actions=[action(label="x" * n)])),
    "a confirm template's text": said(1, 240, lambda n: confirm(text="x" * n)),
    "its two buttons": said(2, 2, lambda n: confirm(actions=[action()] * n)),
    "a carousel's columns": said(1, 10, lambda n: carousel(*[column()] * n)),
    "a column's text": said(1, 120, lambda n: carousel(column(text="x" * n))),
    "a titled column's text": said(1, 60, lambda n: carousel(column(title="x", text="x" * n))),
    "a column's buttons": said(1, 3, lambda n: carousel(column(actions=[action()] * n))),
    "a titled column's buttons": said(
        1, 3, lambda n: carousel(column(title="x", actions=[action()] * n))
    ),
    "the columns of pictures": said(
        1,
        10,
        lambda n: template(
            type="image_carousel", columns=[{"imageUrl": PICTURE, "action": action()}] * n
        ),
    ),
    "a picture's label": said(
        1,
        12,
        lambda n: template(
            type="image_carousel",
            columns=[{"imageUrl": PICTURE, "action": action(label="x" * n)}],
        ),
    ),
    # -- other messages
    "a place's title": said(1, 100, lambda n: place(title="x" * n)),
    "a place's address": said(1, 100, lambda n: place(address="x" * n)),
    "a video's tracking id": said(1, 100, lambda n: video(trackingId="x" * n)),
    "an audio's milliseconds": said(
        1,
        86_400_000,
        lambda n: {"type": "audio", "originalContentUrl": PICTURE, "duration": n},
    ),
    "an image map's alternative text": said(
        1, 1_500, lambda n: {**image_map(1), "altText": "x" * n}
    ),
    "an image map's width": said(
        1_040, 1_040, lambda n: {**image_map(1), "baseSize": {"width": n, "height": 700}}
    ),
    "an image map's height": said(
        1, MOST, lambda n: {**image_map(1), "baseSize": {"width": 1_040, "height": n}}
    ),
    "an image map's areas": said(None, 50, image_map),
    "an area's place": said(0, MOST, lambda n: spot(x=n)),
    "an area's width": said(1, MOST, lambda n: spot(width=n)),
    "an area's label": said(
        1, 100, lambda n: image_map_of({"type": "message", "text": "x", "label": "x" * n})
    ),
    "an area's text": said(1, 400, lambda n: image_map_of({"type": "message", "text": "x" * n})),
    "an area's clipboard text": said(
        1, 1_000, lambda n: image_map_of({"type": "clipboard", "clipboardText": "x" * n})
    ),
    "an image map video's link": said(1, 30, lambda n: image_map_with_link("x" * n)),
    # -- Flex; its kilobytes have tests of their own
    "a Flex message's alternative text": said(1, 1_500, lambda n: flex(words(1), "x" * n)),
    "a Flex carousel's bubbles": said(
        1, 12, lambda n: flex({"type": "carousel", "contents": [words(1)] * n})
    ),
    "a Flex button's label": said(1, 40, lambda n: flex(footed(action(label="字" * n)))),
    "a Flex component's share": said(0, MOST, lambda n: of_text(flex=n)),
    "a Flex text's lines": said(0, MOST, lambda n: of_text(maxLines=n)),
    "a ratio's width": said(1, 100_000, lambda n: picture(f"{n}:1")),
    "a ratio's height to its width": said(1, 3, lambda n: picture(f"1:{n}")),
    # -- other requests
    "the recipients of a multicast": asked(
        MULTICAST, 1, 500, lambda n: {"to": strangers(n), "messages": [text()]}
    ),
    "the units of a push": asked(
        PUSH,
        None,
        1,
        lambda n: {"messages": [text()], "customAggregationUnits": ["x"] * n},
    ),
    "a unit's name": asked(
        PUSH, 1, 30, lambda n: {"messages": [text()], "customAggregationUnits": ["x" * n]}
    ),
    "the seconds of dots": asked(
        LOADING, 5, 60, lambda n: {"chatId": NOBODY, "loadingSeconds": n}, step=5
    ),
    "a webhook's address": asked(ENDPOINT, None, 500, lambda n: {"endpoint": long_url(n)}),
    "an address to be tested": asked(
        TEST, None, 500, lambda n: {"endpoint": long_url(n, "http://127.0.0.1:9/x")}
    ),
    # -- rich menus
    "a rich menu's width": asked(MENU, 800, 2_500, lambda n: sized_menu(n, 250)),
    "a rich menu's least height": asked(MENU, 250, 551, lambda n: sized_menu(800, n)),
    "a rich menu's greatest height": asked(MENU, 250, 1_724, lambda n: sized_menu(2_500, n)),
    "a rich menu's flatness": asked(MENU, 1_450, 2_500, lambda n: sized_menu(n, 1_000)),
    "a rich menu's name": asked(MENU, 1, 300, lambda n: menu(name="x" * n)),
    "its bar's text": asked(MENU, 1, 14, lambda n: menu(chatBarText="字" * n)),
    "the operations of a batch of menus": asked(
        BATCH, None, 1_000, lambda n: {"operations": [{"type": "unlinkAll"}] * n}
    ),
    "a batch's key": asked(
        BATCH,
        1,
        100,
        lambda n: {"operations": [{"type": "unlinkAll"}], "resumeRequestKey": "x" * n},
    ),
    "its areas": asked(MENU, None, 20, lambda n: menu(areas=[menu_area()] * n)),
    "an area's left": asked(MENU, 0, 799, lambda n: menu(areas=[menu_area(x=n)])),
    "an area's top": asked(MENU, 0, 249, lambda n: menu(areas=[menu_area(y=n)])),
    "a menu area's width": asked(MENU, 1, 800, lambda n: menu(areas=[menu_area(width=n)])),
    "a menu area's height": asked(MENU, 1, 250, lambda n: menu(areas=[menu_area(height=n)])),
    "an alias": asked(ALIAS, 1, 32, lambda n: {"richMenuAliasId": "a" * n, "richMenuId": "x"}),
    "the people of a link": asked(
        LINKS, 1, 500, lambda n: {"richMenuId": "x", "userIds": strangers(n)}
    ),
    "the people of an unlink": asked(UNLINKS, 1, 500, lambda n: {"userIds": strangers(n)}),
}
