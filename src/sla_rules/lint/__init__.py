"""What a ruleset that can be used may still get wrong: gaps, unfair steps, uncited numbers.

A lint is a function from a program to findings; the order is data.  A finding says where it
stands, shows an example, and names the parts of the program that it belongs to: any of them may
acknowledge its code, with a reason.
"""

from sla_rules.lint.findings import LINTS, findings

__all__ = ["LINTS", "findings"]
