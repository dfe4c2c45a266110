"""LINE: webhooks in, messages out. Everything LINE-specific lives here."""
