"""Where things are kept: one package a backend."""
