"""Changes out: the feed of what happened, live and resumable, and the proof that it was not changed."""
