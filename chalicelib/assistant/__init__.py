"""Use cases: what Liao decides, by calling ports. Nothing here names a vendor or does I/O."""
