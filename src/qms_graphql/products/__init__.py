"""What is made and sold."""
