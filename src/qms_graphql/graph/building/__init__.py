"""Building: what rooms declared becomes the strawberry schema."""
