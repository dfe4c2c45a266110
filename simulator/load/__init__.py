"""Many people who write to a bot at once: `python -m simulator load`.

Each simulated chat is one person who writes, waits for the bot's answer and writes again, beside
all the others. Any LINE bot can be driven so: it gets signed webhooks, and answers by calling LINE.

An answer is one call of the bot's that put something into the chat, however many bubbles it
brought: a note with a button is an answer, and nobody taps it. A reply answers the message whose
token it spent, whenever it comes; a push names no message, so it counts for the chat's latest. A
second call for the same message is a double answer. What does not come in time is lost, and the
person goes on; should it come after all, it is told as late, unless it came inside the answer to
another message, where nobody can tell it apart.

People who don't pause write again in the same millisecond, so a bot that stays with a chat for as
long as it finds something there keeps others waiting: the 99th percentile tells.

    figures, columns      numbers and their tables, for these and for other measurements
    summary, render       what became of all messages, and how it is told: values only
    crowd                 the people, on the simulator's own loop
    target                which webhook URL may be driven, and whether a bot is there
    command               from the start to the exit code
"""
