"""How long things are kept. The stores obey these times and the privacy page quotes them."""

from __future__ import annotations

from datetime import timedelta

#: Lines of a conversation.
HISTORY = timedelta(days=30)
#: Pictures, voice and files: as long as the conversation that they belong to.
MEDIA = HISTORY
#: Words of a question and its answer in the inbox, after they were delivered.
WORDS = timedelta(hours=24)
#: How long a copy against faults, where there is one, keeps what was erased meanwhile.
BACKUPS = timedelta(days=7)
#: Ids of events (so that nothing is answered twice), and answers nobody has fetched yet.
IDS = timedelta(days=7)
#: Which model and assistant a chat chose, after anything was last learned of the chat.
CHOICES = timedelta(days=400)
#: Everything of somebody who removed the bot: they may come back.
UNFOLLOWED = timedelta(days=7)
#: What each call to a model cost: a year, and some time to compare it with the next.
LEDGER = timedelta(days=400)
#: What somebody spent in a month, after their last call: the month, and some time to look back.
ACCOUNTS = timedelta(days=70)
#: All of a person who left the bot, from then on; they may come back meanwhile.
UNFOLLOWED = timedelta(days=7)
