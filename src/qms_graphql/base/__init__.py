"""What every room stands on: settings, database, tenancy, access, unit of work, event log. No GraphQL."""
