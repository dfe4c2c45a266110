"""The plain handler that every figure is compared with; `app.py` is all of it."""
