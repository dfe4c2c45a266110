"""Every error of ours, named by what its catcher does next.

LiaoError
├── SettingInvalid        tell the operator which setting, and stop
├── BadSignature          answer 401, store nothing
├── BadWebhook            answer 400, store nothing
├── StorageUnavailable    answer 503, or come again: nothing was decided
├── LeaseLost             stop at once: somebody else owns the chat now
├── Withdrawn             drop the answer: the question was taken back
├── ButtonError           say kindly why the tap does nothing
│   ├── ButtonGone        … it is too old, or of another chat
│   ├── ButtonUsed        … it was tapped before
│   └── NotYours          … it was made for somebody else
├── ModelError            tell the person one of three things
│   ├── ModelBusy         … "try again": worth retrying, now or by a button
│   ├── ModelRefused      … "shorten or rephrase it": the same words fail again
│   └── ModelUnavailable  … "resting": only the operator can mend it
├── ContentError          say what is wrong with what was sent
│   ├── ContentGone       … it was taken back, or LINE keeps it no more
│   ├── ContentTooLarge   … it is too large
│   └── ContentBusy       … LINE could not give it in time: try again
└── DeliveryError         keep the answer, or give it up
    ├── TokenSpent        the reply token is used or too old: nothing more goes by it
    ├── SendBusy          worth sending again by the same token; may have arrived
    ├── SendForbidden     only the operator can mend it: keep the answer
    └── SendRefused       this content will never be taken: give it up
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.prices import Usage


class LiaoError(Exception):
    """The root: whatever Liao raises on purpose."""


class SettingInvalid(LiaoError):
    """A setting is missing or malformed; the message names it and says what to do."""


class BadSignature(LiaoError):
    """The body wasn't signed with this channel's secret."""


class BadWebhook(LiaoError):
    """The body is signed, but is not a webhook's JSON object."""


class StorageUnavailable(LiaoError):
    """The store could not answer; nothing was decided and the same call may be made again."""


class LeaseLost(LiaoError):
    """Another worker has leased the chat since; this one may change nothing more."""


class Withdrawn(LiaoError):
    """The person took the question back while it was being answered."""


class ButtonError(LiaoError):
    """A tap on a button leads nowhere."""


class ButtonGone(ButtonError):
    """The button is unknown, expired, or of another chat; or what it led to was erased."""


class ButtonUsed(ButtonError):
    """The button works once, and was tapped before."""


class NotYours(ButtonError):
    """The button was made for somebody else in the chat."""


class Cause(StrEnum):
    """Why a person got an apology: for the log and for the bot's admins, never for others."""

    NO_KEY = "no_key"
    BAD_KEY = "bad_key"
    NO_CREDIT = "no_credit"
    UNKNOWN_MODEL = "unknown_model"
    TOO_LONG = "too_long"
    FILTERED = "filtered"
    REJECTED = "rejected"
    OVERLOADED = "overloaded"
    UNREACHABLE = "unreachable"
    TIME_OUT = "time_out"
    EMPTY = "empty"
    MALFORMED = "malformed"
    CRASHED = "crashed"


class ModelError(LiaoError):
    """A model call gave no answer; `cause` tells why.

    usage: what its vendor reports of an answer that nothing can be made of; None mostly.
    """

    def __init__(self, cause: Cause, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else str(cause))
        self.cause = cause
        self.usage: Usage | None = None


class ModelBusy(ModelError):
    """The same call may succeed later; `retry_after` is the vendor's wish in seconds, if any."""

    def __init__(self, cause: Cause, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(cause, detail)
        self.retry_after = retry_after


class ModelRefused(ModelError):
    """The same words would be refused again: too long, or filtered."""


class ModelUnavailable(ModelError):
    """No call can succeed before the operator mends a key, a bill or a model's name."""


class ContentError(LiaoError):
    """What somebody sent can't be looked at."""


class ContentGone(ContentError):
    """It was taken back, or LINE keeps it no more."""


class ContentTooLarge(ContentError):
    """It has more bytes than are fetched."""


class ContentBusy(ContentError):
    """LINE did not give it in time; asking again may help."""


class DeliveryError(LiaoError):
    """A message was not taken by LINE, as far as is known."""


class TokenSpent(DeliveryError):
    """The reply token was used already, or its minute is over."""


class SendBusy(DeliveryError):
    """Too many requests, a server's error or a time-out.

    `ambiguous` is true where the message may have arrived all the same.
    """

    def __init__(self, detail: str, *, ambiguous: bool) -> None:
        super().__init__(detail)
        self.ambiguous = ambiguous


class SendForbidden(DeliveryError):
    """The channel's access token is wrong, or its quota is used up."""


class SendRefused(DeliveryError):
    """LINE does not take this content; sending it again would fail again."""
