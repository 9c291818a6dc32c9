"""JSON Schemas (draft-07), made from the code and the program so that they cannot lag behind.

:mod:`ruleset` describes the ruleset format by walking the surface and its readers, :mod:`facts`
and :mod:`assessment` describe what goes into and comes out of one ruleset, :mod:`values` the
single values of both.
"""
