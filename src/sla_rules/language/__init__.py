"""The contract language: text → positioned nodes → surface → program.

One module per stage: :mod:`source` reads, :mod:`structure` gives form, :mod:`resolve` binds
names and types, :mod:`check` proves, :mod:`program` is what every reader walks.
"""
