"""Readers of third-party datasets: UNBC-McMaster, the lab's HDF5 files, the published 3DPain.

For stages, prediction, dataset and engines. Imports neither shard nor dataset.
"""
