"""People's own head meshes: reading their files, fitting the open head to them, transferring their colours.

Imported by engines and stages.
"""
