"""/usage all: what everybody together used and spent this month, for who runs the bot.

Chats are named by the first letters of their pseudonyms, which lead back to nobody. All of the
month's records are read, as for /usage.
"""

from __future__ import annotations

from datetime import date

from chalicelib.assistant.call import Call
from chalicelib.domain.messages import Answer
from chalicelib.domain.usage_report import (
    Report,
    Total,
    days_so_far,
    dearest,
    projected,
    report,
)

#: How many chats are named, and by how many letters.
_CHATS = 5
_LETTERS = 6
#: Calls that no model was asked for.
_NONE = "—"


def run(call: Call) -> Answer:
    """Sum this month up: all together, by model, and the chats that cost most.

    What everybody spends is for whoever runs the bot, and no group's business.
    """
    if not call.chat.is_private:
        return Answer.told(call.say("privately", command=call.spec.shown_name(call.say.language)))
    today = date.fromisoformat(call.tools.spending.of_chat(call.turn.latest.event).day)
    used = report(call.tools.ledger.entries(days_so_far(today)))
    parts = [_sums(call, used.total, today)]
    if used.by_model:
        parts += [_models(call, used), _chats(call, used)]
    return Answer.told("\n\n".join("\n".join(lines) for lines in parts))


def _sums(call: Call, total: Total, today: date) -> list[str]:
    shown = call.tools.currency.shown
    month = shown(projected(total.cost, today))
    limit = call.tools.spending.budgets.all_month
    return [
        call.say("month"),
        call.say("spent", cost=shown(total.cost)),
        call.say("projected", cost=month)
        if limit is None
        else call.say("projected_of", cost=month, limit=shown(limit)),
        _counts(call, total),
        call.say("late", share=f"{total.late_share:.1%}"),
        call.say("failed", share=f"{total.failed_share:.1%}"),
    ]


def _models(call: Call, used: Report) -> list[str]:
    specs = call.tools.choices.models
    rows = [call.say("models")]
    for model, total in dearest(used.by_model):
        name = specs[model].label if model in specs else model
        rows.append(_row(call, name or _NONE, total))
    return rows


def _chats(call: Call, used: Report) -> list[str]:
    top = dearest(used.by_chat)[:_CHATS]
    return [call.say("chats"), *(_row(call, chat[:_LETTERS], total) for chat, total in top)]


def _row(call: Call, name: str, total: Total) -> str:
    cost = call.tools.currency.shown(total.cost)
    return f"{call.say('row', name=name, cost=cost)}\n{_counts(call, total)}"


def _counts(call: Call, total: Total) -> str:
    return call.say("counts", answers=f"{total.answers:,}", tokens=f"{total.tokens:,}")
