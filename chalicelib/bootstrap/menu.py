"""What may be chosen: models whose key is set, and assistants; and the money they are shown in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.adapters import shipped
from chalicelib.domain.assistants import Assistant
from chalicelib.domain.bot import Bot, offered
from chalicelib.domain.catalogue import Catalogue, ModelSpec
from chalicelib.domain.errors import SettingInvalid
from chalicelib.domain.money import Currency
from chalicelib.settings import Settings

#: What answers where LIAO_MODEL says nothing and OpenAI's key is set.
DEFAULT = "gpt-5.4-mini"


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Everything there is to choose, and what answers where nobody chose.

    models: all that can be asked, also those that chats don't choose, such as the ones that hear.
    """

    models: Mapping[str, ModelSpec]
    default: ModelSpec
    assistants: Mapping[str, Assistant]
    currency: Currency


def menu(settings: Settings, env: Mapping[str, str], bot: Bot) -> Menu:
    """Read the catalogues. Raises SettingInvalid for what can't be read, or isn't there."""
    catalogue = shipped.catalogue(settings.catalogue)
    reachable = catalogue.reachable(env)
    chatting = {spec.id: spec for spec in reachable if spec.chats}
    named = [model_id for model_id in bot.models if model_id in catalogue.models]
    known = dict.fromkeys([*chatting, *named])  # one whose key is missing may be named
    chosen = [name for name in offered(bot.models, list(known), "models") if name in chatting]
    choosable = [chatting[name] for name in chosen] or list(chatting.values())
    default = _default(settings.model, catalogue, choosable)
    if default.id in chatting and default.id not in chosen:  # whoever leaves it may come back
        chosen.insert(0, default.id)
    others = [spec for spec in reachable if not spec.chats]
    return Menu(
        models={spec.id: spec for spec in [*(chatting[name] for name in chosen), *others]},
        default=default,
        assistants=_assistants(bot, catalogue),
        currency=shipped.currency(settings.currency),
    )


def _assistants(bot: Bot, catalogue: Catalogue) -> Mapping[str, Assistant]:
    """The assistants that `bot.toml` offers."""
    rows = shipped.assistants()
    for row in rows.values():
        if row.model and catalogue.find(row.model) is None:
            raise SettingInvalid(
                f"assistants.toml or my-assistants.toml: {row.id!r} names model {row.model!r}, "
                "which is in no catalogue"
            )
    return {name: rows[name] for name in offered(bot.assistants, list(rows), "assistants")}


def _default(name: str, catalogue: Catalogue, chatting: Sequence[ModelSpec]) -> ModelSpec:
    """The model that LIAO_MODEL names; else the usual one, else the first that has its key."""
    if not name:
        usual = catalogue.models[DEFAULT]
        return usual if usual in chatting or not chatting else chatting[0]
    spec = catalogue.find(name)
    if spec is None or not spec.chats:
        known = ", ".join(each.id for each in chatting) or DEFAULT
        raise SettingInvalid(
            f"LIAO_MODEL={name!r} is no model of the catalogue; with the keys that are set there "
            f"are: {known}. A model of your own is a row in my-catalogue.toml"
        )
    return spec
