"""The people behind the bot, and how they learn that somebody wants them."""
