"""What commands import and build as they start: see ``tests/cli/warm.py``."""

import uvicorn

import qms_graphql.app.server
import qms_graphql.base.migration
import qms_graphql.demo.load
import qms_graphql.graph.running.explain
from qms_graphql.cli.main import main
from qms_graphql.schema import build

__all__ = ["main", "qms_graphql", "uvicorn"]

build()
