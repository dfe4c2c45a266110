"""Messages and other bodies of requests, as small as LINE takes them, for tests to spoil."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
PICTURE = "https://example.com/a.png"
NOBODY = "U" + "0" * 32


def text(words: str = "x", **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def action(kind: str = "message", **more: Any) -> Json:
    own = {
        "message": {"text": "x"},
        "postback": {"data": "x"},
        "uri": {"uri": "https://example.com"},
        "clipboard": {"clipboardText": "x"},
        "richmenuswitch": {"richMenuAliasId": "x", "data": "x"},
    }
    return {"type": kind, "label": "x", **own[kind], **more}


def template(**inside: Any) -> Json:
    return {"type": "template", "altText": "x", "template": inside}


def buttons(**more: Any) -> Json:
    return template(**{"type": "buttons", "text": "x", "actions": [action()], **more})


def confirm(**more: Any) -> Json:
    return template(**{"type": "confirm", "text": "x", "actions": [action(), action()], **more})


def carousel(*columns: Json) -> Json:
    return template(type="carousel", columns=list(columns))


def column(**more: Any) -> Json:
    return {"text": "x", "actions": [action()], **more}


def chips(*actions: Json) -> Json:
    items = [{"type": "action", "action": one} for one in actions]
    return text(quickReply={"items": items})


def flex(contents: Json, alt: str = "x") -> Json:
    return {"type": "flex", "altText": alt, "contents": contents}


def words(size: int) -> Json:
    """A bubble that says so many letters."""
    line = {"type": "text", "text": "x" * size}
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [line]}}


def footed(does: Json) -> Json:
    """A bubble with one button."""
    button = {"type": "button", "action": does}
    return {"type": "bubble", "footer": {"type": "box", "layout": "vertical", "contents": [button]}}


def image_map(areas: int) -> Json:
    """A picture with so many tappable places."""
    place = {"x": 0, "y": 0, "width": 10, "height": 10}
    return {
        "type": "imagemap",
        "baseUrl": "https://example.com/map",
        "altText": "x",
        "baseSize": {"width": 1040, "height": 700},
        "actions": [{"type": "message", "text": "x", "area": place}] * areas,
    }


def image_map_of(does: Json, **more: Any) -> Json:
    """A picture with one tappable place."""
    made = image_map(1)
    [place] = made["actions"]
    return {**made, "actions": [{"area": place["area"], **does}], **more}


def menu(**more: Any) -> Json:
    """A rich menu with one place."""
    return {
        "size": {"width": 800, "height": 250},
        "selected": True,
        "name": "x",
        "chatBarText": "x",
        "areas": [menu_area()],
        **more,
    }


def menu_area(**bounds: int) -> Json:
    """A place of one pixel."""
    where = {"x": 0, "y": 0, "width": 1, "height": 1, **bounds}
    return {"bounds": where, "action": {"type": "message", "text": "x"}}


def strangers(count: int) -> list[str]:
    """Ids of people nobody knows."""
    return [f"U{number:032x}" for number in range(count)]


def sized_menu(width: int, height: int) -> Json:
    """A rich menu of this size without places."""
    return menu(size={"width": width, "height": height}, areas=[])


def emojis(count: int) -> Json:
    listed = [{"index": i, "productId": "5ac1", "emojiId": "001"} for i in range(count)]
    return text("$" * count, emojis=listed)


def mentions(count: int) -> Json:
    """A text that mentions everybody so often."""
    everybody = {"type": "mention", "mentionee": {"type": "all"}}
    keys = [f"k{number}" for number in range(count)]
    said = "x" + "".join(f"{{{key}}}" for key in keys)
    return {"type": "textV2", "text": said, "substitution": dict.fromkeys(keys, everybody)}


def of_text(**more: Any) -> Json:
    """A bubble with one text."""
    line = {"type": "text", "text": "x", **more}
    return flex({"type": "bubble", "body": box(line)})


def box(*contents: Json, **more: Any) -> Json:
    return {"type": "box", "layout": "vertical", "contents": list(contents), **more}


def picture(ratio: str) -> Json:
    """A bubble with a picture of this ratio."""
    return flex({"type": "bubble", "hero": {"type": "image", "url": PICTURE, "aspectRatio": ratio}})


def place(**more: Any) -> Json:
    where = {"title": "x", "address": "x", "latitude": 25.0, "longitude": 121.5}
    return {"type": "location", **where, **more}


def video(**more: Any) -> Json:
    return {"type": "video", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE, **more}


def image_map_with_link(label: str) -> Json:
    """A picture that plays a video and then shows a link."""
    area = {"x": 0, "y": 0, "width": 10, "height": 10}
    played = {"originalContentUrl": PICTURE, "previewImageUrl": PICTURE, "area": area}
    link = {"linkUri": "https://example.com", "label": label}
    return {**image_map(1), "video": {**played, "externalLink": link}}


def spot(**bounds: int) -> Json:
    """A message action's place on an image map."""
    area = {"x": 0, "y": 0, "width": 1, "height": 1, **bounds}
    return image_map_of({"type": "message", "text": "x", "area": area})


def long_url(length: int, start: str = "https://example.com/") -> str:
    """A URL of so many signs."""
    return start.ljust(length, "x")
