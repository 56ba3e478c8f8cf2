"""Evaluation of pain models: folds, metrics, intervals, paired tests, reports, and the files of a run.

Works on arrays of labels and estimates, for any model. It must not import `vitpain`, which imports it.
"""
