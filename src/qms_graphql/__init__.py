"""A quality management system that starts from the customer, as one GraphQL API."""
