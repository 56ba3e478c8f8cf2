"""Kernels on triangle meshes: normals, graph, boundary, closest points, clipping. Plain functions on arrays.

They import nothing of painctl's, and any room may import them.
"""
