"""A stage's settings in SSM's Parameter Store, secrets among them, encrypted there.

They are fetched once a container: the call is free, but a webhook waits for it. An operator may
change one while containers live on, so a secret that LINE or a vendor rejects is fetched again, at
most once a minute, however often somebody knocks with a forged signature.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapters.aws.client import AwsRefused, Client
from chalicelib.domain.errors import SettingInvalid, StorageUnavailable

_AGAIN = 60.0


@dataclass(slots=True, kw_only=True)
class Parameters:
    """The parameters under one path. clock: seconds that only go on."""

    client: Client
    path: str
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, str] | None = field(default=None, repr=False)
    _read_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> dict[str, str]:
        """Every parameter by its name; read when it is first asked for.

        Raises StorageUnavailable, and SettingInvalid where the function may not read them.
        """
        with self._lock:
            return dict(self._read() if self._known is None else self._known)

    def renewed(self) -> bool:
        """Read them again, unless a minute has not passed; True where anything is another now."""
        with self._lock:
            if self._read_at is not None and self.clock() - self._read_at < _AGAIN:
                return False
            before = self._known
            return self._read() != before

    def _read(self) -> dict[str, str]:
        self._read_at = self.clock()
        found: dict[str, str] = {}
        request: dict[str, Any] = {"Path": self.path, "WithDecryption": True}
        while True:
            told = self._call(request)
            for one in told.get("Parameters", ()):
                found[str(one["Name"]).removeprefix(self.path)] = str(one["Value"])
            if not told.get("NextToken"):
                break
            request = {**request, "NextToken": told["NextToken"]}
        self._known = found
        return found

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.client.call("GetParametersByPath", request)
        except AwsRefused as exc:
            if "Denied" in exc.code:
                raise SettingInvalid(
                    f"the function may not read the parameters under {self.path}: its policy file "
                    "must allow ssm:GetParametersByPath"
                ) from exc
            raise StorageUnavailable(f"ssm refused to read {self.path}: {exc.code}") from exc
