"""AWS on this machine: what the tests run instead of an account."""
