"""Liao, a serverless AI assistant for LINE."""

__version__ = "0.1.0"
