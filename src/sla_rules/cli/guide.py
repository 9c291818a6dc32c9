"""What ``--help`` says beside the options: what it is for, first steps, examples."""

__all__ = [
    "ASSESS_EPILOG",
    "CALENDAR_EPILOG",
    "COMPARE_EPILOG",
    "DESCRIPTION",
    "DIFF_EPILOG",
    "EXAMPLES",
    "EXPLAIN_EPILOG",
]

DESCRIPTION = """\
Assess service contracts that are written as data: scores, deductions, payment
tiers and the money due, exact, and explained clause by clause.
按合同条款计算考核得分、扣款、等级与应付金额，并逐条说明理由。"""

EXAMPLES = """\
first steps
  sla-rules list                                  the rulesets that come with the library
  sla-rules readings gz-npc-2023                  where the contract is silent, and what was chosen
  sla-rules init my-contract                      begin a ruleset of your own
  sla-rules check my-contract                     is a ruleset right, and what looks wrong in it?
  sla-rules test my-contract                      do its cases hold?
  sla-rules facts gz-npc-2023 month               which facts a month has, and how to write them
  sla-rules assess gz-npc-2023 facts.yaml         scores, deductions and payments of a contract
  sla-rules explain gz-npc-2023 facts.yaml grade --at payments.P1
                                                  why the grade of one payment is what it is
  sla-rules calendar gz-npc-2023 office day 2024-02-18
                                                  is that Sunday a working day?
  sla-rules COMMAND --help                        everything about one command

exit codes
  0 done   1 the ruleset or the facts have errors, or a case does not hold
  2 the command line is wrong, or a file of cases is broken

Problems go to standard error, results to standard output.  RULESET is the id of a
packaged ruleset, a file, or a folder of YAML files; of several versions it is the newest,
and RULESET@VERSION another one."""

ASSESS_EPILOG = """\
FACTS is one JSON or YAML file, or - for standard input.  The whole contract is assessed
unless --level says that the facts are those of one incident, one month, ...

A figure that is not certain yet is shown by its bounds, such as 24.1–24.9; one that was
given instead of computed ends with *.

examples
  sla-rules assess gz-npc-2023 contract.yaml
  sla-rules assess gz-npc-2023 incident.json --level incident --lang en
  sla-rules assess gz-npc-2023 contract.yaml --reading overrun-tail=lowest_printed_nine
  sla-rules assess gz-npc-2023 contract.yaml \\
      --incidents export.csv --profile servicenow --zone Asia/Shanghai
  sla-rules assess gz-npc-2023 contract.yaml --columns payment=average,grade,net"""

EXPLAIN_EPILOG = """\
PATH leads from the record that is assessed to one below it, by key or by position:
payments.P1.months.2016-03 or payments[0].months[1].

examples
  sla-rules explain gz-npc-2023 incident.json timeliness_score --level incident
  sla-rules explain gz-npc-2023 contract.yaml performance_paid --at payments.P1"""

CALENDAR_EPILOG = """\
Instants are ISO 8601, such as 2024-02-09T10:00+08:00; without an offset they need --zone.
A BUDGET is "30 min", "1 h 30 min", "2 workday" or "2 个工作日".

examples
  sla-rules calendar gz-npc-2023 office deadline 2024-02-09T10:00+08:00 "1 workday"
  sla-rules calendar gz-npc-2023 office elapsed 2024-02-09T10:00 2024-02-18T11:00 \\
      --zone Asia/Shanghai
  sla-rules calendar gz-npc-2023 office day 2024-02-18"""

DIFF_EPILOG = """\
Changes are told by clause, each once and at the smallest place that differs.  The order of
keys, comments and the version of the ruleset are no changes.

exit codes, as those of diff(1)
  0 nothing changed   1 something changed   2 a ruleset has errors, or the command line is wrong

examples
  sla-rules diff contract-2023.yaml contract-2024.yaml
  sla-rules diff contract@2023 contract@2024 --lang en --format json
  sla-rules diff contract                       all versions, each against the one before"""

COMPARE_EPILOG = """\
Before is RULESET under its default readings.  After is the same ruleset under --reading,
or the ruleset of --with (and, when given, --reading in it).  Amounts come first, with their
sums; a positive difference is more.

examples
  sla-rules compare gz-npc-2023 contract.yaml --reading deduction-cap=ten_percent_of_contract
  sla-rules compare contract@2023 facts.yaml --with contract@2024 --level month --lang en"""
