"""Facts: what is known about incidents, months, payments and the contract.

:mod:`values` reads single values strictly, :mod:`shapes` makes attrs classes of the declared
types and structures documents into them, :mod:`records` lays them out for the evaluator, and
:mod:`validate` refuses what cannot be true.
"""
