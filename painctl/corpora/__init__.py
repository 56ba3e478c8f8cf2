"""Readers of third-party datasets: UNBC-McMaster, DISFA, BioVid, CK+, 3DPain, the lab's files, tables of pictures.

Imported by dataset, prediction and stages; imports neither shard nor dataset.
"""
