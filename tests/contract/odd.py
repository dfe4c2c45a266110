"""Bodies that no client of good will sends."""

from __future__ import annotations

from collections.abc import Mapping


def boxes(deep: int) -> bytes:
    """A Flex message of boxes in boxes."""
    box = '{"type":"box","layout":"vertical","contents":['
    inner = box * deep + "]}" * deep
    message = f'{{"type":"flex","altText":"x","contents":{{"type":"bubble","body":{inner}}}}}'
    return f'{{"messages":[{message}]}}'.encode()


ODD: Mapping[str, bytes] = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "a string": b'"x"',
    "half an object": b'{"a":',
    "a zero byte": b"\0",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "another encoding": '{"to":"x"}'.encode("utf-16"),
    "bytes that are no UTF-8": b'{"replyToken":"\xff"}',
    "no number": b'{"loadingSeconds":NaN}',
    "an endless number": b'{"loadingSeconds":1e999}',
    "a number of 5,000 digits": b'{"loadingSeconds":' + b"9" * 5_000 + b"}",
    "100,000 brackets": b'{"messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "500 boxes in boxes": boxes(500),
    "nulls": b'{"replyToken":null,"messages":null,"to":null,"chatId":null,"richMenuId":null}',
    "an unknown half of a pair": b'{"\\ud800":1}',
    "messages of every kind": b'{"messages":[1,null,[],"x",{"type":[]},{"type":{}}]}',
}
