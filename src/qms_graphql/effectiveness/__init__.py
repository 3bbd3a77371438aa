"""Whether what was done had its effect: checks of actions, and objectives."""
