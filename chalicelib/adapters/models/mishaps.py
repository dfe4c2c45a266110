"""What a vendor's error means for the person who asks: try again, rephrase, or wait for the owner?

Vendors of the same dialect agree on status codes, less on codes, and hardly on words. So a code of
theirs is looked up first, then the words where a status says too little, then the status. Some
send an error as a success. Their words may quote the question or a piece of the key: they are read
here and go nowhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from chalicelib.domain.errors import (
    Cause,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)

_CLIENT_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_NO_STATUS: Final = 600
_VAGUE: Final = (400, 403, 422)

_KIND_OF: Mapping[Cause, type[ModelError]] = {
    Cause.BAD_KEY: ModelUnavailable,
    Cause.NO_CREDIT: ModelUnavailable,
    Cause.UNKNOWN_MODEL: ModelUnavailable,
    Cause.TOO_LONG: ModelRefused,
    Cause.FILTERED: ModelRefused,
    Cause.REJECTED: ModelRefused,
    Cause.TIME_OUT: ModelBusy,
    Cause.MALFORMED: ModelBusy,
}
_BY_CODE: Mapping[str, Cause] = {
    "billing_hard_limit_reached": Cause.NO_CREDIT,
    "billing_not_active": Cause.NO_CREDIT,
    "bio_policy": Cause.FILTERED,
    "content_filter": Cause.FILTERED,
    "content_policy_violation": Cause.FILTERED,
    "context_length_exceeded": Cause.TOO_LONG,
    "insufficient_quota": Cause.NO_CREDIT,
    "image_content_policy_violation": Cause.FILTERED,
    "invalid_api_key": Cause.BAD_KEY,
    "invalid_prompt": Cause.FILTERED,
    "json_validate_failed": Cause.MALFORMED,  # Groq: the model broke the schema
    "misalignment_policy_violation": Cause.FILTERED,
    "model_not_found": Cause.UNKNOWN_MODEL,
    "request_too_large": Cause.TOO_LONG,
    "string_above_max_length": Cause.TOO_LONG,
}
#: OpenAI has a dozen codes for a picture that it can't look at.
_OF_PICTURES = re.compile(r"(?:\A|_)image(?:_|\Z)")
_BY_WORDS: Mapping[re.Pattern[str], Cause] = {
    re.compile(r"context.length|maximum context|prompt is too long|exceeds the maximum number of"
               r" tokens|too many tokens", re.I): Cause.TOO_LONG,
    re.compile(r"flagged|content (?:filter|policy|management)", re.I): Cause.FILTERED,
    re.compile(r"api.key (?:not valid|is invalid)|(?:incorrect|invalid) api.key|location is not"
               r" supported", re.I): Cause.BAD_KEY,
}  # fmt: skip
#: Some say so by 400 or 403; xAI by 429, where the same again would be asked in vain.
_NO_CREDIT = re.compile(r"credit balance|available credits|insufficient balance", re.I)
_BY_STATUS: Mapping[int, Cause] = {
    401: Cause.BAD_KEY,
    402: Cause.NO_CREDIT,
    403: Cause.BAD_KEY,
    404: Cause.UNKNOWN_MODEL,
    405: Cause.UNKNOWN_MODEL,
    408: Cause.TIME_OUT,
    409: Cause.OVERLOADED,
    410: Cause.UNKNOWN_MODEL,
    413: Cause.TOO_LONG,
    424: Cause.OVERLOADED,  # Bedrock: the model behind it failed
    429: Cause.OVERLOADED,
    498: Cause.OVERLOADED,  # Groq: no capacity
}
#: A code that may be shown is a name such as `rate_limit_exceeded`: no key, and nobody's word.
_SHOWN = re.compile(r"(?=.{1,60}\Z)[A-Za-z]+(?:_[A-Za-z]+)+")


def of_status(status: int, body: object, headers: Mapping[str, str]) -> ModelError:
    """Name the error of an HTTP status that is no success.

    body: the parsed answer, of any shape. headers: case must not matter.
    """
    error = _error(body)
    codes = _codes(error)
    cause = _cause(status, codes, str(error.get("message")))
    detail = " ".join([str(status), *codes])
    if cause is Cause.OVERLOADED:
        return ModelBusy(cause, detail, retry_after=_retry_after(headers, error))
    return _KIND_OF[cause](cause, detail)


def of_success(answer: Mapping[str, Any]) -> ModelError | None:
    """Name the error that a success holds, by which a router passes a vendor's on; None without."""
    error = answer.get("error")
    if not isinstance(error, dict):
        return None
    code = error.get("code")
    if not isinstance(code, int) or not _CLIENT_ERROR <= code < _NO_STATUS:
        code = _SERVER_ERROR
    return of_status(code, error, {})


def _cause(status: int, codes: list[str], words: str) -> Cause:
    for code in codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
        if _OF_PICTURES.search(code):
            return Cause.REJECTED
    if status >= _SERVER_ERROR:
        return Cause.OVERLOADED
    if status < _CLIENT_ERROR:
        return Cause.UNKNOWN_MODEL  # a redirect: the base URL leads elsewhere
    if status in _VAGUE:
        for pattern, cause in _BY_WORDS.items():
            if pattern.search(words):
                return cause
    if _NO_CREDIT.search(words):
        return Cause.NO_CREDIT
    return _BY_STATUS.get(status, Cause.REJECTED)


def _error(body: object) -> Mapping[str, Any]:
    """Find what a vendor tells of its error: an object, or words alone, as xAI's."""
    first: Any = body[0] if isinstance(body, list) and body else body  # Gemini's is in a list
    error = first.get("error", first) if isinstance(first, dict) else first
    return error if isinstance(error, dict) else {"message": error}


def _codes(error: Mapping[str, Any]) -> list[str]:
    """A vendor's codes that are fit for a log."""
    told = (error.get(name) for name in ("code", "type", "status"))
    return [code for code in told if isinstance(code, str) and _SHOWN.fullmatch(code)]


#: A vendor that asks for more than an hour asks for no retry at all.
_LONGEST_WAIT: Final = 3600.0


def _retry_after(headers: Mapping[str, str], error: Mapping[str, Any]) -> float | None:
    """How many seconds the vendor asks to wait: a number, or a date beside its own clock's."""
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        elif "retry-after" in headers:
            seconds = _seconds(headers["retry-after"], headers.get("date", ""))
        else:
            seconds = _retry_delay(error)
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT) if math.isfinite(seconds) else None


def _retry_delay(error: Mapping[str, Any]) -> float:
    """The same in Gemini's way, by a detail such as ``{"retryDelay": "22s"}``; nan without."""
    details = error.get("details")
    for detail in details if isinstance(details, list) else ():
        told = detail.get("retryDelay") if isinstance(detail, dict) else None
        if isinstance(told, str) and told.endswith("s"):
            return float(told[:-1])
    return math.nan


def _seconds(value: str, now: str) -> float:
    try:
        return float(value)
    except ValueError:
        return (parsedate_to_datetime(value) - parsedate_to_datetime(now)).total_seconds()
