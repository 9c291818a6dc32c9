"""What changed between two rulesets, in the words of the contract.

``diff`` compares two programs part by part (``contract`` the parts at the top, ``levels`` the
levels, ``bodies`` the kinds of decision, ``steps`` bands and rows); ``same`` says when two parts
mean the same, ``words`` writes a part without any record, ``excerpt`` finds what changed in a
sentence, and ``told`` makes a :class:`Change` of it.
"""
