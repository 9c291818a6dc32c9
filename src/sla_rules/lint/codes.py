"""Every code of a finding, and what it means in one sentence."""

from collections.abc import Mapping
from typing import Final

__all__ = ["CODES"]

CODES: Final[Mapping[str, str]] = {
    "W743": "a finding is acknowledged where there is none",
    "W744": "an acknowledgement names a code that no finding has",
}
