"""Users and departments, and the tokens by which users and connectors are known."""
