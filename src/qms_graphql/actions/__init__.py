"""Actions: what somebody is to do, by when, and what it serves."""
