"""How a person looks: skin, eyes, hair, clothing, teeth and wrinkles; painting and baking textures.

Imported by `render`, the texture engines and the rooms above; imports `face` and the rooms below it.
"""
