"""The outside world. Each adapter translates in, delegates, translates out, and knows no other."""
