"""How a person looks: skin, eyes, hair, clothing, teeth and wrinkles, and the texture engines.

Imported by `render`, the texture engines and the rooms above; imports `face` and the rooms below it.
"""
