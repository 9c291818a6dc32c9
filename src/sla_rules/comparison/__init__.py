"""What if: the same facts under two readings or two rulesets.

``compute`` assesses both and finds every result that differs, ``results`` are the values that it
gives, ``page`` lays them out for people.
"""
