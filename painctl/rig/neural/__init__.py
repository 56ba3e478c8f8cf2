"""The neural rig, for any triangle mesh of a head: `rig.py` deforms heads, `training_run.py` trains the network.

Imports `painctl.rig`, face, pain and the kernels; imported by engines and stages.
"""
