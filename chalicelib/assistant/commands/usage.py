"""/usage: what somebody used and spent today and this month, of what they may.

Money comes from the accounts. Only the records know tokens, and they lie by day for all together:
so this month's days are read whole, and what is of others is left out. On AWS 30,000 answers a
month are some 10 MB: a few seconds, and less than a tenth of a cent, which so rare a command may
cost.
"""

from __future__ import annotations

from datetime import date

from chalicelib.assistant.call import Call
from chalicelib.domain.ledger import Account
from chalicelib.domain.messages import Answer
from chalicelib.domain.money import Nano
from chalicelib.domain.usage_report import Report, Total, days_so_far, report

#: The bar that shows how much of a budget is spent.
_STEPS = 10
_SPENT, _LEFT = "▰", "▱"


def run(call: Call) -> Answer:
    """Show a person their own numbers, and a group the group's: a person's are nobody else's."""
    mine = call.tools.spending.of_chat(call.turn.latest.event)
    (spent,) = call.tools.ledger.spent([mine])
    used = _used(call, mine)
    today = used.by_day.get(mine.day, Total())
    parts = [
        [call.say("own" if call.chat.is_private else "group")],
        [call.say("today"), _money(call, spent.day, mine.day_limit), _counts(call, today)],
        [call.say("month"), _money(call, spent.month, mine.month_limit), _counts(call, used.total)],
    ]
    if mine.answers is not None:
        parts[1].append(call.say("left", count=max(mine.answers - spent.answers, 0)))
    if not call.chat.is_private:
        parts.append([call.say("elsewhere", command=call.spec.shown_name(call.say.language))])
    return Answer.told("\n\n".join("\n".join(lines) for lines in parts))


def _used(call: Call, mine: Account) -> Report:
    """Sum this month's calls of a person, wherever they asked, or of a group."""
    name = call.tools.spending.pseudonym(mine.key)
    entries = call.tools.ledger.entries(days_so_far(date.fromisoformat(mine.day)))
    if call.chat.is_private:
        return report(entry for entry in entries if entry.person == name)
    return report(entry for entry in entries if entry.chat == name)


def _money(call: Call, spent: Nano, limit: Nano | None) -> str:
    shown = call.tools.currency.shown
    if limit is None:
        return shown(spent)
    return f"{_bar(spent, limit)} {call.say('of', spent=shown(spent), limit=shown(limit))}"


def _bar(spent: Nano, limit: Nano) -> str:
    """Draw what is spent: never nothing where there is something, full only where all is."""
    share = spent / limit if limit else 1.0
    steps = min(int(share * _STEPS), _STEPS) or int(spent > 0)
    return _SPENT * steps + _LEFT * (_STEPS - steps)


def _counts(call: Call, total: Total) -> str:
    return call.say("counts", answers=f"{total.answers:,}", tokens=f"{total.tokens:,}")
