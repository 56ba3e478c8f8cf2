"""Action units and PSPI: parsing them, drawing them, and heatmaps of what they move.

Imports the kernels and nothing else of painctl's; every room that deals with labels may import it.
"""
