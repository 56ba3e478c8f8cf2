"""Datasets: planning, splitting, checking, writing in every format, describing and opening them; validating shards.

For stages and prediction only.
"""
