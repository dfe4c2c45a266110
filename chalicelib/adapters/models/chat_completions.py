"""Any model that speaks OpenAI's Chat Completions, through OpenAI's SDK.

The SDK waits for ten minutes, repeats calls on its own and imports for most of a second; vendors
answer with HTML, with nothing, or with a model's thoughts in front. Here a call is made once, ends
in time, and gives words or one error that says what to do next. What people wrote and the key
appear in no error, no fact and no log line.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from chalicelib.adapters.models.mishaps import of_status
from chalicelib.domain.errors import Cause, ModelBusy, ModelError, ModelRefused, ModelUnavailable
from chalicelib.domain.prices import Price
from chalicelib.domain.prompt import Prompt
from chalicelib.ports import Completion, Secret, Telemetry

OPENAI_URL: Final = "https://api.openai.com/v1"

_SUCCESS: Final = 200
_CUT: Final = ("length", "max_tokens")
#: Sent where no key is set and none may be needed; the SDK insists on one.
_NO_KEY: Final = "none"
#: At their debug level these log requests whole.
_TALKATIVE: Final = ("openai", "httpx2", "httpcore2")
_THOUGHTS = re.compile(r"\A\s*<(think|thinking)>.*?(?:</\1>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionsModel:
    """Implements `ports.Model`; safe for many threads. `connect` makes one.

    model: the vendor's id of it. cap: what the vendor calls the cap of output tokens.
    client: the SDK's; None where there is no key. key: what opens it; a vendor that rejects it is
    asked once more where it is another one now. price: what its tokens cost, None if unknown.
    """

    model: str
    cap: str
    telemetry: Telemetry = field(repr=False)
    client: Any = field(repr=False)
    key: Secret = field(repr=False)
    price: Price | None = None

    @classmethod
    def connect(
        cls,
        *,
        api_key: Secret,
        base_url: str | None,
        model: str,
        telemetry: Telemetry,
        price: Price | None = None,
    ) -> ChatCompletionsModel:
        """Import the SDK, which takes most of a second, and set it up; no request is made yet.

        base_url: None is OpenAI's own, which needs a key: without one nothing is imported and every
        call fails. Others may need none, as Ollama does.
        """
        url = base_url or OPENAI_URL
        # OpenAI's newer models refuse the old name, most other vendors don't know the new one.
        host = urlsplit(url).hostname or ""
        is_openai = host.endswith("api.openai.com")
        cap = "max_completion_tokens" if is_openai else "max_tokens"
        needs_none = not is_openai
        client = _client(url) if needs_none or api_key.value().strip() else None
        return cls(
            model=model, cap=cap, telemetry=telemetry, client=client, key=api_key, price=price
        )

    def close(self) -> None:
        """Close the connections that are kept open."""
        if self.client is not None:
            self.client.close()

    def complete(self, prompt: Prompt, *, within: timedelta, max_tokens: int) -> Completion:
        """Ask once; see `ports.Model`."""
        begun = time.perf_counter()
        facts: dict[str, str | float] = {"model": self.model}
        try:
            completion = self._priced(self._completed(prompt, within, max_tokens))
            facts |= {"tokens_in": completion.tokens_in, "tokens_out": completion.tokens_out}
            if completion.cost is not None:
                facts["cost"] = completion.cost
        except ModelError as exc:
            facts |= {"cause": str(exc.cause), "error": str(exc)}
            raise
        finally:
            facts["ms"] = round((time.perf_counter() - begun) * 1000, 1)
            self.telemetry.fact("model_called", **facts)
        return completion

    def _priced(self, completion: Completion) -> Completion:
        """Say whose answer it is, and its cost where that can be known."""
        counted = completion.tokens_in or completion.tokens_out
        cost = None
        if self.price and counted:
            cost = self.price.of(completion.tokens_in, completion.tokens_out)
        return replace(completion, model=self.model, cost=cost)

    def _completed(self, prompt: Prompt, within: timedelta, max_tokens: int) -> Completion:
        if self.client is None:
            raise ModelUnavailable(Cause.NO_KEY)
        raw = self._asked_by_either(prompt, within, max_tokens)
        try:
            answer = json.loads(raw)
        except (ValueError, RecursionError) as exc:
            raise ModelBusy(Cause.MALFORMED, type(exc).__name__) from exc
        return _completion(answer)

    def _asked_by_either(self, prompt: Prompt, within: timedelta, max_tokens: int) -> bytes:
        """Ask, and once more where the vendor rejected a key that is another one now."""
        key, begun = self.key.value(), time.monotonic()
        try:
            return self._asked(prompt, within, max_tokens, key=key)
        except ModelUnavailable as exc:
            if exc.cause is not Cause.BAD_KEY or not self.key.renewed(key):
                raise
            left = within - timedelta(seconds=time.monotonic() - begun)
            if left <= timedelta(0):
                raise
        return self._asked(prompt, left, max_tokens, key=self.key.value())

    def _asked(self, prompt: Prompt, within: timedelta, max_tokens: int, *, key: str) -> bytes:
        """Get the body of a successful answer."""
        import httpx2
        import openai

        from chalicelib.adapters.models.deadline import ending

        try:
            with ending(within) as timeout:
                answer = self.client.chat.completions.with_raw_response.create(
                    model=self.model,
                    messages=_messages(prompt),
                    timeout=timeout,
                    extra_headers={"Authorization": f"Bearer {key.strip() or _NO_KEY}"},
                    **{self.cap: max_tokens},
                )
        except openai.APIStatusError as exc:
            raise of_status(exc.status_code, exc.body, exc.response.headers) from exc
        except openai.APIConnectionError as exc:
            raise _of_transport(exc.__cause__, httpx2) from exc
        except ValueError:
            # Its words hold the whole header, which is a secret.
            raise ModelUnavailable(Cause.BAD_KEY, "the key holds what no header may") from None
        content: bytes = answer.http_response.content
        return content


def _client(base_url: str) -> Any:
    import openai

    from chalicelib.adapters.models.deadline import bounded_client

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    # The key comes with each call, since it may be another one by then.
    return openai.OpenAI(
        api_key=_NO_KEY, base_url=base_url, max_retries=0, http_client=bounded_client()
    )


def _of_transport(error: BaseException | None, httpx2: Any) -> ModelError:
    """Name the error of a call that got no whole answer."""
    name = type(error).__name__
    if isinstance(error, httpx2.LocalProtocolError):
        return ModelUnavailable(Cause.BAD_KEY, "the key holds what no header may")
    if isinstance(error, httpx2.TimeoutException) and not isinstance(error, httpx2.ConnectTimeout):
        return ModelBusy(Cause.TIME_OUT, name)
    if isinstance(error, httpx2.DecodingError):
        return ModelBusy(Cause.MALFORMED, name)
    return ModelBusy(Cause.UNREACHABLE, name)


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    said = [("assistant" if line.by_bot else "user", line.text) for line in prompt.lines]
    told = [("system", prompt.system)] if prompt.system else []
    return [{"role": role, "content": _clean(text)} for role, text in (*told, *said)]


def _completion(answer: object) -> Completion:
    """Read an answer, of any shape. Raises a ModelError where it holds no words."""
    body = _dict(answer)
    if isinstance(body.get("error"), dict):
        raise _of_body(body)
    choices = body.get("choices")
    choice = _dict(choices[0]) if isinstance(choices, list) and choices else {}
    message, reason = _dict(choice.get("message")), choice.get("finish_reason")
    if reason == "content_filter" or message.get("refusal"):
        raise ModelRefused(Cause.FILTERED)
    text = _clean(_THOUGHTS.sub("", _text(message.get("content")))).strip()
    if not text:
        raise ModelBusy(Cause.EMPTY)
    usage = _dict(body.get("usage"))
    return Completion(
        text=text,
        cut=reason in _CUT,
        tokens_in=_count(usage.get("prompt_tokens")),
        tokens_out=_count(usage.get("completion_tokens")),
    )


def _of_body(body: Mapping[str, Any]) -> ModelError:
    """Name the error of an answer that calls itself a success: a router passes a vendor's on."""
    code = body["error"].get("code")
    return of_status(code if isinstance(code, int) and code > _SUCCESS else 500, body, {})


def _text(content: object) -> str:
    """An answer's words; some vendors send them in parts, with thoughts between."""
    parts = (
        [_dict(part).get("text") for part in content] if isinstance(content, list) else [content]
    )
    return "".join(part for part in parts if isinstance(part, str))


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _clean(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and UTF-8 can't."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
