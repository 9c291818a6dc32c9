"""Evaluation: program + facts → values, in three values where something is unknown."""
