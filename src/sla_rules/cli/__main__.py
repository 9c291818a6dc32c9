"""``python -m sla_rules.cli``."""

import sys

from sla_rules.cli import main

if __name__ == "__main__":
    sys.exit(main())
