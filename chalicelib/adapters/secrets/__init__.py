"""Where settings that nobody else may know come from."""
