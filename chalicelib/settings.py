"""The operator's settings: read from a mapping, frozen, with secrets hidden.

Keys and addresses of models' vendors are not here: the catalogue names them, a row each.

Nothing is read when this module is imported. A malformed value is refused with one sentence that
names the setting and says what to write; a missing secret is refused when it is first needed, so
that `chalice deploy`, which imports the app without any, still works.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.addresses import is_address
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.languages import DEFAULT, LANGUAGES

if TYPE_CHECKING:  # a webhook has no use for them: see the properties
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from chalicelib.domain.ledger import Budgets

T = TypeVar("T")

_TAIPEI = "Asia/Taipei"
_DIGITS = 9
LINE_API = "https://api.line.me"
_NO_LIMIT = "none"
#: US dollars for models, in the order of `Budgets`, with what is usual.
_BUDGETS = {
    "LIAO_BUDGET_PERSON_DAY": "0.5",
    "LIAO_BUDGET_PERSON_MONTH": "5",
    "LIAO_BUDGET_GROUP_DAY": "1",
    "LIAO_BUDGET_GROUP_MONTH": "10",
    "LIAO_BUDGET_DAY": "5",
    "LIAO_BUDGET_MONTH": "50",
}
LINE_DATA_API = "https://api-data.line.me"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator may set, parsed. `Settings.read` makes it."""

    channel_secret: str = field(default="", repr=False)
    channel_access_token: str = field(default="", repr=False)
    channel_id: str
    bot_user_id: str
    line_api: str
    line_data_api: str
    url: str
    backend: str
    stage: str
    folder: str
    media_bucket: str
    people_topic: str
    model: str
    catalogue: str
    access: str
    currency: str
    amounts: tuple[str, ...]
    admins_exempt: bool
    language: str
    zone: str
    reply_deadline: timedelta | None
    daily_answers: int
    answers_per_minute: int
    admins: frozenset[str]
    push: str
    push_monthly: int
    workers: int

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Settings:
        """Parse a mapping such as `os.environ`. Raises SettingInvalid for the first bad value."""
        source = _Source(env)
        stage = source.parsed("LIAO_STAGE", _stage, "dev")
        return cls(
            channel_secret=source.text("LINE_CHANNEL_SECRET"),
            channel_access_token=source.text("LINE_CHANNEL_ACCESS_TOKEN"),
            channel_id=source.parsed("LINE_CHANNEL_ID", _channel_id, ""),
            bot_user_id=source.text("LINE_BOT_USER_ID"),
            line_api=source.url("LINE_API_BASE_URL", LINE_API),
            line_data_api=source.url("LINE_DATA_API_BASE_URL", LINE_DATA_API),
            url=source.parsed("LIAO_URL", _optional_url, ""),
            backend=source.choice("LIAO_BACKEND", ("local", "aws"), "local"),
            stage=stage,
            folder=source.text("LIAO_DATA_DIR", _default_folder(env, stage)),
            media_bucket=source.text("LIAO_MEDIA_BUCKET"),
            people_topic=source.text("LIAO_PEOPLE_TOPIC"),
            model=source.text("LIAO_MODEL"),
            catalogue=source.text("LIAO_CATALOGUE"),
            access=source.choice("LIAO_ACCESS", ("open", "invite"), "open"),
            currency=source.text("LIAO_CURRENCY", "TWD"),
            amounts=tuple(source.parsed(name, _dollars, usual) for name, usual in _BUDGETS.items()),
            admins_exempt=source.choice("LIAO_ADMINS_EXEMPT", ("no", "yes"), "no") == "yes",
            language=source.choice("LIAO_LANGUAGE", LANGUAGES, DEFAULT),
            zone=source.parsed("LIAO_TIMEZONE", _zone, _TAIPEI),
            reply_deadline=source.parsed("LIAO_REPLY_DEADLINE", _deadline, ""),
            daily_answers=source.count("LIAO_DAILY_ANSWERS", 200),
            answers_per_minute=source.count("LIAO_ANSWERS_PER_MINUTE", 10),
            admins=frozenset(source.text("LIAO_ADMINS").replace(",", " ").split()),
            push=source.choice("LIAO_PUSH", ("never", "late", "all"), "never"),
            push_monthly=source.count("LIAO_PUSH_MONTHLY", 200),
            workers=source.count("LIAO_WORKERS", 8),
        )

    @property
    def data_dir(self) -> Path:
        """Where a laptop's data lies."""
        from pathlib import Path

        return Path(self.folder)

    @property
    def timezone(self) -> ZoneInfo:
        """What a day is."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.zone)

    @property
    def budgets(self) -> Budgets:
        """What may be spent on models."""
        from chalicelib.domain.ledger import Budgets
        from chalicelib.domain.money import nano

        limits = (None if told == _NO_LIMIT else nano(float(told)) for told in self.amounts)
        return Budgets(**dict(zip(Budgets.__dataclass_fields__, limits, strict=True)))

    def deadline_for(self, *, private: bool) -> timedelta:
        """How long after receipt a late answer becomes a button: 45 s, in groups 20 s."""
        return self.reply_deadline or timedelta(seconds=45 if private else 20)

    def needed_channel_secret(self) -> str:
        """The channel's secret. Raises SettingInvalid when there is none."""
        return _needed("LINE_CHANNEL_SECRET", self.channel_secret, "Basic settings")

    def needed_access_token(self) -> str:
        """The channel's long-lived access token, or "" where its id stands for one.

        Raises SettingInvalid where there is neither.
        """
        if self.channel_id and not self.channel_access_token:
            return ""
        return _needed(
            "LINE_CHANNEL_ACCESS_TOKEN",
            self.channel_access_token,
            "Messaging API",
            instead=" LINE_CHANNEL_ID, from tab “Basic settings”, will do as well.",
        )


def _needed(name: str, value: str, tab: str, *, instead: str = "") -> str:
    if not value:
        raise SettingInvalid(
            f"{name} is missing: copy it from the LINE Developers Console, tab “{tab}”, into .env "
            f"or the environment.{instead} To try the bot without an account, use `make run`."
        )
    return value


@dataclass(frozen=True, slots=True)
class _Source:
    """Reads single values; an empty value is the same as none."""

    env: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        return self.env.get(name, "").strip() or default

    def parsed(self, name: str, parse: Callable[[str], T], default: str) -> T:
        value = self.text(name, default)
        try:
            return parse(value)
        except ValueError as exc:
            raise SettingInvalid(f"{name}={value!r} {exc}") from exc

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise SettingInvalid(f"{name}={value!r} is not one of: {', '.join(choices)}")
        return value

    def count(self, name: str, default: int) -> int:
        return self.parsed(name, _count, str(default))

    def url(self, name: str, default: str) -> str:
        return self.parsed(name, _url, default)


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _count(value: str) -> int:
    if not _is_number(value) or len(value) > _DIGITS or int(value) == 0:
        raise ValueError("is not a whole number above 0")
    return int(value)


def _dollars(value: str) -> str:
    if value != _NO_LIMIT and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,4})?", value):
        raise ValueError("is not an amount of US dollars like 5 or 0.25, nor none for no limit")
    return value


def _channel_id(value: str) -> str:
    if value and not _is_number(value):
        raise ValueError("is not a channel's id, which is a number like 1234567890")
    return value


def _optional_url(value: str) -> str:
    return _url(value) if value else ""


def _stage(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", value):
        raise ValueError("is not a stage's name: small letters, digits and hyphens, up to 20")
    return value


def _url(value: str) -> str:
    if not is_address(value):
        raise ValueError("is not an address like https://host/path")
    return value.rstrip("/")


def _zone(value: str) -> str:
    # A webhook needs no time zone: the usual one is not looked up, which takes 5 ms.
    if value == _TAIPEI:
        return value
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError("is not a time zone like Asia/Taipei") from exc


def _deadline(value: str) -> timedelta | None:
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]+)?", value) or not 0 < float(value) <= 50:
        raise ValueError("is not a number of seconds between 0 and 50")
    return timedelta(seconds=float(value))


def _default_folder(env: Mapping[str, str], stage: str) -> str:
    home = env.get("HOME") or env.get("USERPROFILE") or "."
    base = env.get("XDG_DATA_HOME") or f"{home}/.local/share"
    return f"{base}/liao/{stage}"
