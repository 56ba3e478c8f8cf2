"""painctl from Python: what `painctl.load`, `painctl.Dataset` and `painctl.open_shard` are.

Imported by nothing in painctl; reads through the rooms below.
"""
