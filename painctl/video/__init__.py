"""Video files: what their containers state, and their frames, decoded one at a time by a process of its own.

Imported by corpora and prediction.
"""
