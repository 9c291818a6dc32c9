"""What changed between two rulesets."""

from sla_rules.change.diff import program_changes
from sla_rules.change.told import Change
from sla_rules.rules import Rules

__all__ = ["changes"]


def changes(old: Rules, new: Rules) -> tuple[Change, ...]:
    """What *new* says otherwise than *old*, in the words of the contract.

    The rulesets are compared as what they mean, under all their readings: the order of keys,
    comments, the version, and which readings were chosen are no changes.  Each change is told
    once, at the smallest place that differs; a parameter at the parameter, not at its uses.

    >>> from sla_rules import load
    >>> text = \"\"\"
    ... language: 1
    ... id: help
    ... version: {version}
    ... title: Help desk
    ... timezone: Asia/Shanghai
    ... parameters: {{limit: {{value: {limit}, title: {{zh: 恢复时限, en: recovery limit}}}}}}
    ... levels: {{call: {{facts: {{time: {{type: duration}}}}, decisions: {{late: time > limit}}}}}}
    ... \"\"\"
    >>> old = load(text.format(version=1, limit="2 h"))
    >>> new = load(text.format(version=2, limit="4 h"))
    >>> for change in changes(old, new):
    ...     print(change.path, change.text("zh"), change.text("en"), sep=" | ")
    parameters.limit | 恢复时限 由 2 小时 改为 4 小时 | recovery limit: 2 h → 4 h
    """
    return program_changes(old.program, new.program)
