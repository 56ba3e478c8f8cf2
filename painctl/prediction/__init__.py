"""Pain estimates for pictures, folders, videos and shards: sources, cropping, answers, records, the picture of a run.

For stages only.
"""
