"""The Python interface: `painctl.load`, `painctl.Dataset` and `painctl.open_shard`.

Imported by nothing in painctl; reads through the rooms below.
"""
