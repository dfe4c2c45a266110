"""The vendors of models."""
