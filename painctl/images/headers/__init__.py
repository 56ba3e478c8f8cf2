"""What a picture file claims to hold, one module per family of formats; nothing is decoded."""
