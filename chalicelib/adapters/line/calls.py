"""One call to LINE through its SDK, of which it is exactly known afterwards what came of it.

The SDK has no default time-out, repeats calls and leaks urllib3's errors. Here every call has its
own time-outs and is never repeated, leaves one line in the log, and a failure becomes one of four
errors that say what to do next. What matters most is whether LINE may have taken the call in spite
of an error: only then is it `ambiguous`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.adapters.line.failures import Answered, of_handshake, of_transport
from chalicelib.domain.errors import DeliveryError, SendForbidden
from chalicelib.ports import Telemetry

#: Seconds to connect, and to wait for each part of an answer.
Timeout = tuple[float, float]
Sending = Callable[..., Any]

#: Workers share the connections, and a note may go out beside an answer.
_CONNECTIONS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Makes calls with one client of the SDK's; safe for many threads. `connect` makes one.

    sdk: a module of the SDK's such as `linebot.v3.messaging`, too heavy to be imported with this.
    """

    sdk: Any = field(repr=False)
    client: Any = field(repr=False)
    telemetry: Telemetry = field(repr=False)

    @classmethod
    def connect(cls, sdk: Any, *, base_url: str, telemetry: Telemetry) -> Calls:
        """Set up a client; no request is made yet."""
        configuration = sdk.Configuration(host=base_url.rstrip("/"), access_token="")
        configuration.connection_pool_maxsize = _CONNECTIONS
        configuration.retries = False  # urllib3 would repeat a call, and wrap its error
        client = sdk.ApiClient(configuration)
        client.default_headers.pop("Authorization", None)  # each call brings its own, or none
        return cls(sdk=sdk, client=client, telemetry=telemetry)

    def close(self) -> None:
        """Close the connections that are kept open."""
        # The SDK's own `close` doesn't: it keeps its last response, which keeps the connections.
        pools = self.client.rest_client.pool_manager.pools
        for key in pools.keys():  # noqa: SIM118 - it is no dictionary
            pools[key].close()

    def make(
        self, send: Sending, *arguments: Any, named: str, timeout: Timeout, **more: Any
    ) -> Answered:
        """Make one call and log it, whatever comes of it; more: what else the SDK's method takes.

        named: verb and path, for the log. Raises SendBusy without an answer, SendForbidden where
        the call cannot even be written.
        """
        method, path = named.split()
        facts: dict[str, str | float] = {"method": method, "path": path}
        begun = time.perf_counter()
        try:
            answered = self._answer(send, arguments, {**more, "_request_timeout": timeout})
            facts |= {"status": answered.status, "request_id": answered.request_id}
        except DeliveryError as exc:
            facts |= {"error": str(exc)}
            raise
        finally:
            facts["ms"] = round((time.perf_counter() - begun) * 1000, 1)
            self.telemetry.fact("line_called", **facts)
        return answered

    def _answer(
        self, send: Sending, arguments: tuple[Any, ...], more: Mapping[str, Any]
    ) -> Answered:
        """Get LINE's answer, good or bad, without the SDK reading its body."""
        from urllib3.exceptions import HTTPError

        try:
            response = send(*arguments, _preload_content=False, **more)
        except self.sdk.ApiException as exc:
            if not exc.status:
                raise of_handshake(str(exc.reason)) from exc
            return _answered(exc.status, exc.headers, exc.body)
        except UnicodeDecodeError as exc:
            # The SDK decodes the body of an error, which a proxy may have written, as UTF-8.
            failed = exc.__context__
            if not isinstance(failed, self.sdk.ApiException):
                raise
            return _answered(failed.status, failed.headers, "")
        except (HTTPError, OSError) as exc:
            raise of_transport(exc) from exc
        except ValueError:
            # Its words hold the whole header, which is a secret.
            raise SendForbidden("the access token holds what no header may hold") from None
        return _answered(response.status_code, response.headers, response.raw_data)


def _answered(status: int, headers: Any, body: str | bytes | None) -> Answered:
    raw = body.encode() if isinstance(body, str) else body or b""
    told = {name.lower(): value for name, value in (headers or {}).items()}
    return Answered(status=status, headers=told, raw=raw)
