"""A bucket of S3: objects by their key, and links to them.

Keys here are made of letters, digits, slashes and hyphens, so that what S3 says in XML can be read
without a parser, which costs a cold start its import.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from chalicelib.adapters.aws.client import Account, AwsRefused, judged
from chalicelib.adapters.aws.connections import Answer, Connections, Patience, Request
from chalicelib.adapters.aws.signer import Signer, queried

_MISSING: Final = "NoSuchKey"
#: How many objects one call deletes.
_MOST: Final = 1000
_CODE = re.compile(rb"<Code>(\w+)</Code>")
_KEY = re.compile(rb"<Key>([^<]*)</Key>")
_MORE = re.compile(rb"<NextContinuationToken>([^<]*)</NextContinuationToken>")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bucket. path: what its keys stand behind, in the bucket's own address nothing.

    Every call raises AwsRefused where S3 says no for good, and StorageUnavailable where there is no
    answer in time.
    """

    name: str
    connections: Connections
    signer: Signer
    path: str
    clock: Callable[[], datetime] = _now

    def put(self, key: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Put an object there, whole or not at all, in place of another one of the key."""
        self._ask("PUT", key, body=content, headers=headers)

    def get(self, key: str) -> Answer | None:
        """Get an object with its headers; None where there is none of the key."""
        try:
            return self._ask("GET", key)
        except AwsRefused as exc:
            if exc.code == _MISSING:
                return None
            raise

    def keys(self, prefix: str) -> Iterator[str]:
        """Find the keys that begin so."""
        query = {"list-type": "2", "prefix": prefix}
        while True:
            answer = self._ask("GET", "", query=query)
            yield from (key.decode() for key in _KEY.findall(answer.body))
            more = _MORE.search(answer.body)
            if not more:
                return
            query = {**query, "continuation-token": more[1].decode().replace("&amp;", "&")}

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; those that are not there are no trouble."""
        for start in range(0, len(keys), _MOST):
            named = (f"<Object><Key>{key}</Key></Object>" for key in keys[start : start + _MOST])
            body = f"<Delete><Quiet>true</Quiet>{''.join(named)}</Delete>".encode()
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            headers = {"content-md5": base64.b64encode(digest).decode()}
            answer = self._ask("POST", "", body=body, headers=headers, query={"delete": ""})
            if code := _CODE.search(answer.body):  # in an answer that says 200
                raise AwsRefused(code[1].decode(), {})

    def link(self, key: str, *, seconds: int, now: datetime) -> str:
        """Make an address that anybody may GET for so long."""
        path, url = self._at(key), self.connections.url
        host = urlsplit(url).netloc
        return f"{url}{path}?{self.signer.query(path, host=host, seconds=seconds, now=now)}"

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.connections.close()

    def _at(self, key: str) -> str:
        return f"{self.path}/{quote(key, safe='/~')}"

    def _ask(
        self,
        method: str,
        key: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        path, asked = self._at(key), queried(query or {})
        host = urlsplit(self.connections.url).netloc

        def signed() -> Request:
            every = self.signer.headers(
                method,
                path,
                headers={"host": host, **(headers or {})},
                body=body,
                now=self.clock(),
                query=asked,
            )
            target = f"{path}?{asked}" if asked else path
            return Request(method=method, target=target, headers=every, body=body)

        return self.connections.ask(signed, _judged, named=f"s3 {method} in {self.name}")


def _judged(answer: Answer) -> Answer:
    code = _CODE.search(answer.body) if answer.status >= 300 else None
    judged(answer, code[1].decode() if code else str(answer.status), {})
    return answer


def bucket(account: Account, patience: Patience, name: str) -> Bucket:
    """Speak to a bucket: at its own address, or behind its name at one that stands for all."""
    return Bucket(
        name=name,
        connections=Connections(url=account.url("s3", bucket=name), patience=patience),
        signer=account.signer("s3"),
        path=f"/{name}" if account.endpoint else "",
    )
