"""Documents and their revisions: what is laid down, who approved it, and since when it holds."""
