"""Parametric heads and the people drawn from them: shape, regions, landmarks, demographics, grooming.

Rooms above may import it: appearance, render, rig and what is built on them.
"""
