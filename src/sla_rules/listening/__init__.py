"""What took part in an assessment: which row and band held, which way each condition went.

The evaluator knows nothing of it: :class:`ListeningCompiler` compiles the same closures and puts
an ear to each of them.  Coverage, cases that say which row decided, and the choice of the cases
that a change of the contract can touch all rest on what was heard.
"""

from sla_rules.listening.compiler import ListeningCompiler
from sla_rules.listening.ear import Deed, Ear, Event
from sla_rules.listening.engine import ListeningEngine, listen

__all__ = ["Deed", "Ear", "Event", "ListeningCompiler", "ListeningEngine", "listen"]
