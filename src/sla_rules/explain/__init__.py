"""Explanations: why a decision is what it is, as sentences an official can read."""
