"""Rigs: from a neutral head and action units to deformed heads.

`interface.py` states what a rig does; `blendshapes.py` is the open one, `neural/` the learned one. Arrays in, arrays
out. Imports face, pain and the kernels; imported by engines, stages and tests.
"""
