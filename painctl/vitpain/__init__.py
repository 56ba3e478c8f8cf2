"""Pain models: ViTPain and its baselines, their training, cross-validation, checkpoints and predictions.

Works on any `PairSource`. It imports `evidence`, `pain` and the kernel rooms, never `shard`, `dataset` or `stages`.
"""
