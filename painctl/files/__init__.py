"""Kernels for files: complete-or-absent writing, scratch space, caches, signals and file descriptors.

Imported by any room; imports none.
"""
