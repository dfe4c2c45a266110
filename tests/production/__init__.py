"""The whole on AWS as far as it goes on this machine: targets of their own, `make aws`."""
