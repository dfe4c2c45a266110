"""A Chalice project that stands in for the bot, so that its start and end are all that matters."""

from __future__ import annotations

from pathlib import Path


def chalice_project(folder: Path, app: str) -> Path:
    """Make a folder a Chalice project with this `app.py`; returns the folder."""
    (folder / ".chalice").mkdir()
    (folder / ".chalice/config.json").write_text('{"version": "2.0", "app_name": "standin"}')
    (folder / "app.py").write_text(app)
    return folder
