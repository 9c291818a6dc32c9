"""What of a contract its cases cover: every sentence, rule, row, band, condition and limit.

A sentence is covered when a case that names it holds, and a rule that cites it ran in that case.
Everything else is covered when it took part in any case that holds: what is decided by a rule
that no case is about would else count as missing although its outcome is compared.
Sentences that are deliberately no rule are told apart, and count nowhere.
"""

from sla_rules.coverage.cobertura import cobertura
from sla_rules.coverage.data import data_of
from sla_rules.coverage.lcov import lcov
from sla_rules.coverage.least import least_of, short_lines
from sla_rules.coverage.measure import Measured, measure, measure_path
from sla_rules.coverage.page import html_page
from sla_rules.coverage.report import CoverageReport, Point, Tally
from sla_rules.coverage.targets import KINDS, Target
from sla_rules.coverage.text import text_lines

__all__ = [
    "KINDS",
    "CoverageReport",
    "Measured",
    "Point",
    "Tally",
    "Target",
    "cobertura",
    "data_of",
    "html_page",
    "lcov",
    "least_of",
    "measure",
    "measure_path",
    "short_lines",
    "text_lines",
]
