"""Action units and PSPI: parsing, random drawing, and heatmaps of facial displacement.

Imports only the kernel rooms; every room that deals with labels may import it.
"""
