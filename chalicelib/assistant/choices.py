"""Which model and which assistant a chat has, and which it may choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.assistants import Assistant
from chalicelib.domain.catalogue import Ability, ModelSpec
from chalicelib.domain.chat import Chat
from chalicelib.ports import ChatBook, Choice, Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What answers in a chat; assistant: None is the bot itself."""

    model: ModelSpec
    assistant: Assistant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Reads and keeps what chats chose.

    models: all that can be asked, by id, in the order they are offered. default: what answers where
    nobody chose; it may lack its key, which its calls tell. local_day: the operator's.
    """

    models: Mapping[str, ModelSpec]
    default: ModelSpec
    assistants: Mapping[str, Assistant]
    book: ChatBook
    clock: Clock
    local_day: Callable[[], date]

    def offered(self) -> tuple[ModelSpec, ...]:
        """Models that chats may choose today."""
        return tuple(spec for spec in self._running() if spec.chats)

    def of(self, chat: Chat) -> Chosen:
        """What answers here: as was chosen, else as the assistant has it, else the default.

        What is offered no more was never chosen.
        """
        facts = self.book.facts(chat)
        assistant = self.assistants.get(facts.assistant)
        own = assistant.model if assistant else ""
        running = {spec.id: spec for spec in self.offered()}
        model = running.get(facts.model) or running.get(own) or self.default
        return Chosen(model=model, assistant=assistant)

    def choose_model(self, chat: Chat, model_id: str) -> ModelSpec | None:
        """Let a model answer from now on; None, and nothing changes, where it isn't offered."""
        spec = next((each for each in self.offered() if each.id == model_id), None)
        if spec is not None:
            self.book.choose(chat, Choice.MODEL, spec.id, now=self.clock.now())
        return spec

    def choose_assistant(self, chat: Chat, assistant_id: str) -> Assistant | None:
        """Let an assistant answer from now on, with its own model; "" or unknown: the bot itself.

        An assistant with a model of its own brings it along.
        """
        assistant = self.assistants.get(assistant_id)
        now = self.clock.now()
        self.book.choose(chat, Choice.ASSISTANT, assistant.id if assistant else "", now=now)
        if assistant and assistant.model:
            self.book.choose(chat, Choice.MODEL, "", now=now)
        return assistant

    def line_up(self, first: ModelSpec, needed: Ability | None = None) -> tuple[ModelSpec, ...]:
        """Who may answer a question: the chosen one, then its fallbacks.

        Where something is needed that they can't, whoever can, in the order they are offered; then
        nobody where nobody can.
        """
        running = {spec.id: spec for spec in self.offered()}
        chain = (first, *(running[name] for name in first.fallbacks if name in running))
        if needed is None:
            return chain
        able = [spec for spec in chain if spec.can(needed)]
        others = [spec for spec in running.values() if spec.can(needed) and spec not in able]
        return (*able, *others)

    def hearing(self) -> tuple[ModelSpec, ...]:
        """Models that write down what was said, in the order of the catalogue."""
        return tuple(spec for spec in self._running() if spec.can(Ability.HEARING))

    def _running(self) -> tuple[ModelSpec, ...]:
        today = self.local_day()
        return tuple(s for s in self.models.values() if s.ends is None or today < s.ends)
