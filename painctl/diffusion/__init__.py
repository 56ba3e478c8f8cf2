"""Kandinsky 2.2: weights, the two pipelines, prompts, and checks of the pictures they draw.

Imported by engines.
"""
