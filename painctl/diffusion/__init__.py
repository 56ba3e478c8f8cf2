"""Kandinsky 2.2: weights, the two pipelines, prompts, and judging what they drew.

Imported by engines.
"""
