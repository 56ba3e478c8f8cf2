"""Every engine that a stage can use, one module each, and the registry that lists them.

Imported by dataset and everything above it. An engine adapts the rooms below to one of the protocols in interfaces.py.
"""
