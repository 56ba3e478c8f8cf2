"""Landmarks of faces in photographs, and faces straightened and scaled by them.

A small network, trained on the exact landmarks of rendered heads, locates the 68 iBUG landmarks in a face's crop.
"""
