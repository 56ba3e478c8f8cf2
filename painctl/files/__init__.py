"""Kernels for files: complete-or-absent writing, guarded reading, names, scratch space, caches and signals.

Imported by any room; imports none.
"""
