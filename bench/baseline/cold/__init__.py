"""Functions that do next to nothing: what a cold start costs before a bot costs anything."""
