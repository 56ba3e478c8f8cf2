"""Parametric heads and the people drawn from them: shape, regions, landmarks, demographics, grooming.

Imported by the rooms above: appearance, render, rig and those built on them.
"""
