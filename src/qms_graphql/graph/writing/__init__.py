"""Writing: mutations, their inputs, batches, moves."""
