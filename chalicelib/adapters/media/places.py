"""Where a medium lies, as a path that names nobody: links show it, and so do lists.

A chat's media lie together, so that they can be forgotten with it. What a person sent to a group
is marked as theirs beside it, so that it is found without looking through every chat.
"""

from __future__ import annotations

from chalicelib.domain.chat import Chat
from chalicelib.domain.digests import digest


def of_chat(chat: Chat) -> str:
    """The folder of a chat, with a slash at its end."""
    return f"chats/{digest(chat.key)}/"


def place(chat: Chat, media_id: str) -> str:
    """The path of a medium."""
    return of_chat(chat) + digest(media_id)


def of_person(user: str) -> str:
    """The folder of the marks of what a person sent, with a slash at its end."""
    return f"people/{digest(user)}/"


def mark(user: str, chat: Chat, media_id: str) -> str:
    """The path of the mark that a medium is this person's."""
    return f"{of_person(user)}{digest(chat.key)}-{digest(media_id)}"


def marked(mark_path: str) -> str:
    """The path of the medium that a mark is about."""
    return "chats/" + mark_path.rpartition("/")[2].replace("-", "/")
