"""What a tap does, in LINE's JSON: the actions of buttons and quick replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chalicelib.domain.cutting import clip, clip_graphemes
from chalicelib.domain.messages import Action, Open, Say, Tap

Json = dict[str, Any]

# LINE counts labels and the words a button says in graphemes; UTF-16 code units are never fewer, so
# clipping words by units is on the safe side.
LABEL: Final = 20
_WORDS: Final = 300
_DATA: Final = 300


def to_action(action: Action) -> Json:
    """Make LINE's action object of one of ours. Raises ValueError where a button carries more than
    LINE takes.
    """
    kind, fields = _ACTIONS[type(action)]
    return {"type": kind, "label": clip_graphemes(action.label, LABEL), **fields(action)}


def _tap(action: Tap) -> Json:
    if len(action.data) > _DATA:
        raise ValueError(f"a button carries {len(action.data)} characters; LINE takes {_DATA}")
    return {"data": action.data, "displayText": clip(action.label, units=_WORDS)}


def _say(action: Say) -> Json:
    return {"text": clip(action.text, units=_WORDS)}


def _open(action: Open) -> Json:
    return {"uri": action.uri}


_ACTIONS: Mapping[type[Action], tuple[str, Callable[[Any], Json]]] = {
    Tap: ("postback", _tap),
    Say: ("message", _say),
    Open: ("uri", _open),
}
