"""Queues that wake workers."""
