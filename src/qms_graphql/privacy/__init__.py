"""What the law gives persons over their data: erasure, and what stands against it."""
