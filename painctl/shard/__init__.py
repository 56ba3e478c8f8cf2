"""The one file format: schema, reading, writing, integrity, people, and shards in pipes.

Imported by stages, dataset and prediction; imports files and records only.
"""
