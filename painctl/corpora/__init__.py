"""Readers of third-party datasets: UNBC-McMaster, the lab's HDF5 files, the published 3DPain.

Imported by dataset, prediction and stages; imports neither shard nor dataset.
"""
