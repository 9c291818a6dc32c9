"""Hypothesis, imported in one place: the rest of the library does without it."""

try:
    from hypothesis import HealthCheck, Phase, given, seed, settings, strategies
    from hypothesis.errors import Unsatisfiable
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] != "hypothesis":
        raise
    raise ModuleNotFoundError(
        "sla_rules.testing.strategies and sla_rules.testing.laws need Hypothesis, which is not "
        "installed here: pip install sla-rules[hypothesis]",
        name="hypothesis",
    ) from None

__all__ = ["HealthCheck", "Phase", "Unsatisfiable", "given", "seed", "settings", "strategies"]
