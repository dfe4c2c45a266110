"""One call to a vendor through OpenAI's SDK, whatever is asked for.

The SDK waits for ten minutes, repeats calls on its own and imports for most of a second. Here a
call is made once, ends in time, and gives what was asked for or one error that says what to do
next. What people said and the key appear in no error, no fact and no log line.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from chalicelib.adapters.models.mishaps import of_status, of_success
from chalicelib.adapters.models.reading import as_dict, usage
from chalicelib.domain.catalogue import ModelSpec
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelUnavailable
from chalicelib.domain.money import in_dollars
from chalicelib.domain.prices import Usage
from chalicelib.ports import Secret, Telemetry

#: Sent where no key is needed; the SDK insists on one.
_NO_KEY: Final = "none"
#: At their debug level these may log what goes over the wire.
_TALKATIVE: Final = ("openai", "httpx2", "httpcore2")


class _Used(Protocol):
    @property
    def usage(self) -> Usage: ...


T = TypeVar("T", bound=_Used)
#: Sends a request by a client of the SDK's; takes what goes with every request.
Send = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whom a vendor's models are asked through; safe for many threads.

    client: gives the SDK's, made at its first use. key: what opens it, None where none is needed; a
    vendor that rejects it is asked once more where it is another one now.
    """

    client: Callable[[], Any] = field(repr=False)
    key: Secret | None = field(repr=False)
    telemetry: Telemetry = field(repr=False)

    def call(
        self,
        spec: ModelSpec,
        send: Callable[[Any], Send],
        read: Callable[[object], T],
        /,
        *,
        within: timedelta,
        **request: Any,
    ) -> T:
        """Make one call of a model.

        send: finds the method on the SDK's client that makes it. read: reads a successful answer,
        of any shape. within: bounds it all, with what is imported and fetched for it.
        Raises ModelBusy, ModelRefused or ModelUnavailable.
        """
        begun = time.perf_counter()
        ends = time.monotonic() + within.total_seconds()
        facts: dict[str, str | float] = {"model": spec.id}
        try:
            answer = self._answered(send, ends, {"model": spec.name, **request})
            try:
                result = read(answer)
            except ModelError as exc:  # nothing can be made of it, and it is billed all the same
                exc.usage = usage(as_dict(answer).get("usage")) or None
                raise
            facts |= _spent(spec, result.usage)
        except ModelError as exc:
            facts |= {"cause": str(exc.cause), "error": str(exc)}
            if exc.usage:
                facts |= _spent(spec, exc.usage)
            raise
        finally:
            facts["ms"] = round((time.perf_counter() - begun) * 1000, 1)
            self.telemetry.fact("model_called", **facts)
        return result

    def _answered(
        self, send: Callable[[Any], Send], ends: float, request: dict[str, Any]
    ) -> object:
        key = self.key.value().strip() if self.key else _NO_KEY
        if not key:
            raise ModelUnavailable(Cause.NO_KEY)
        raw = self._asked_by_either(send, ends, request, key)
        try:
            answer = json.loads(raw)
        except (ValueError, RecursionError) as exc:
            raise ModelBusy(Cause.MALFORMED, type(exc).__name__) from exc
        if error := of_success(as_dict(answer)):
            raise error
        return answer

    def _asked_by_either(
        self, send: Callable[[Any], Send], ends: float, request: dict[str, Any], key: str
    ) -> bytes:
        """Ask, and once more where the vendor rejected a key that is another one now."""
        try:
            return self._asked(send, ends, request, key)
        except ModelUnavailable as exc:
            if exc.cause is not Cause.BAD_KEY or self.key is None or not self.key.renewed(key):
                raise
            if time.monotonic() >= ends:
                raise
            return self._asked(send, ends, request, self.key.value().strip())

    def _asked(
        self, send: Callable[[Any], Send], ends: float, request: dict[str, Any], key: str
    ) -> bytes:
        """Get the body of a successful answer."""
        import httpx2
        import openai

        from chalicelib.adapters.models.deadline import ending

        if not (key and key.isascii() and key.isprintable()):
            raise ModelUnavailable(Cause.BAD_KEY, "the key holds what no header may")
        asks = send(self.client())
        with ending(timedelta(seconds=ends - time.monotonic())) as call:
            try:
                answer = asks(
                    **request,
                    timeout=call.timeout,
                    extra_headers={"Authorization": f"Bearer {key}"},
                )
            except openai.APIStatusError as exc:
                raise of_status(exc.status_code, exc.body, exc.response.headers) from exc
            except openai.APIConnectionError as exc:
                raise _of_transport(exc.__cause__, httpx2, answered=call.answered) from exc
            except UnicodeError as exc:
                raise ModelBusy(Cause.UNREACHABLE, "the address names no host") from exc
        content: bytes = answer.http_response.content
        return content


def _spent(spec: ModelSpec, used: Usage) -> dict[str, float]:
    """What the log tells of a call's usage; nothing of the cost where that isn't known."""
    facts: dict[str, float] = {"tokens_in": used.tokens_in, "tokens_out": used.tokens_out}
    return {**facts, "cost": in_dollars(spec.price.of(used))} if used else facts


def client(base_url: str) -> Any:
    """Import the SDK, which takes most of a second, and make a client; no request is made yet."""
    import openai

    from chalicelib.adapters.models.deadline import bounded_client

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    # The key comes with each call, since it may be another one by then.
    made = openai.OpenAI(
        api_key=_NO_KEY, base_url=base_url, max_retries=0, http_client=bounded_client()
    )
    if not (urlsplit(base_url).hostname or "").endswith(".openai.com"):
        # The SDK reads them from the environment, and would tell every vendor.
        made.organization = made.project = None
        made._custom_headers = {}  # noqa: SLF001 - there is no other way to leave them out
    return made


def _of_transport(error: BaseException | None, httpx2: Any, *, answered: bool) -> ModelError:
    """Name the error of a call that got no whole answer; answered: it got a part of one."""
    name = type(error).__name__
    if isinstance(error, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return ModelBusy(Cause.UNREACHABLE, name)
    if isinstance(error, httpx2.TimeoutException):
        return ModelBusy(Cause.TIME_OUT, name)
    return ModelBusy(Cause.MALFORMED if answered else Cause.UNREACHABLE, name)
