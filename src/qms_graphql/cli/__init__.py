"""The command line: ``qms``."""

from qms_graphql.cli.main import main

__all__ = ["main"]
