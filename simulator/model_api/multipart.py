"""Reading `multipart/form-data`, as files are uploaded, with the standard library alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

Json = dict[str, Any]
Raw = bytes


class NotMultipart(ValueError):
    """The body is not what its content type says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of a form."""

    name: str
    type: str
    bytes: Raw = field(repr=False)

    def json(self) -> Json:
        """What the journal keeps."""
        return {"name": self.name, "type": self.type, "bytes": len(self.bytes)}


def fields_of(kind: str, raw: bytes) -> tuple[Json, Upload | None]:
    """A form's fields, and its file if it has one. Raises NotMultipart."""
    head = f"content-type: {kind}\r\n\r\n".encode("latin-1")
    form = BytesParser(_class=EmailMessage, policy=HTTP).parsebytes(head + raw)
    if not form.is_multipart():
        raise NotMultipart("the body has no parts")
    fields: Json = {}
    file = None
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        if filename := part.get_filename():
            file = Upload(name=filename, type=part.get_content_type(), bytes=data)
        elif isinstance(name, str):
            fields[name] = data.decode("utf-8", "replace")
    return fields, file
