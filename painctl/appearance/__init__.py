"""How a person looks: skin, eyes, hair, clothing, teeth and wrinkles, and the texture engines.

`render`, the texture engines and what is above them may import it; it imports `face` and what is below.
"""
