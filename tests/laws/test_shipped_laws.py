"""The shipped rulesets obey the laws that the library offers for any ruleset."""

import sla_rules as sla
from sla_rules.testing.laws import laws_of

FEW = 8
"""Facts drawn for each law: all of them together take less than a minute."""

TestAmazon = laws_of("aws-compute", max_examples=FEW)
TestTelus = laws_of("ca-telus-ivr", max_examples=FEW)
TestBureau = laws_of("cn-bureau-om", max_examples=FEW)
TestDailySheet = laws_of("cn-daily-sheet", max_examples=FEW)
TestGuangzhou = laws_of("gz-npc-2023", max_examples=FEW)
TestMexico = laws_of("mx-federal-deductivas", max_examples=FEW)
TestFailurePoints = laws_of("uk-failure-points", max_examples=FEW)
TestServicePoints = laws_of("uk-service-points", max_examples=FEW)
TestWashington = laws_of("us-lni-maintenance", max_examples=FEW)
TestTexas = laws_of("us-texas-dir", max_examples=FEW)


def test_every_shipped_ruleset_is_among_them() -> None:
    tried = [each.__doc__ for name, each in globals().items() if name.startswith("Test")]

    assert tried == [f"The laws of {name}." for name in sla.rulesets()]
