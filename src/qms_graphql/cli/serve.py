"""``qms serve``: the server."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from qms_graphql.base.errors import SetupError
from qms_graphql.cli.work import with_database

if TYPE_CHECKING:
    from qms_graphql.base.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; QMS_HOST if not given.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; QMS_PORT if not given.", min=0, max=65535)
    ] = None,
    workers: Annotated[int, typer.Option(help="Server processes; more than one needs PostgreSQL.", min=1, max=64)] = 1,
    reload: Annotated[bool, typer.Option(help="Start anew when the source changes; for development.")] = False,
) -> None:
    """Serve the API: GraphQL and GraphiQL at /graphql, health at /health. The database must be migrated."""
    from qms_graphql.base.settings import load_settings

    settings = load_settings()
    if settings.on_sqlite and workers > 1:
        raise SetupError(
            "SQLite is written by one server process, so --workers must be 1."
            " For several workers set QMS_DATABASE_URL to a PostgreSQL database."
        )
    if reload and workers > 1:
        raise SetupError("--reload runs one server process, so --workers must be 1.")
    if settings.trusted_documents:
        from qms_graphql.graph.requests.persisted import TrustedTexts

        TrustedTexts.load(settings.trusted_documents)
    from qms_graphql.files.receiving import check_files

    check_files(settings)
    place = (host or settings.host, settings.port if port is None else port)
    check_port(*place)
    with held(settings):
        with_database(_checked)
        run(settings, *place, workers, reload=reload)


async def _checked(_database: object, _secrets: object) -> None:
    """Nothing: to open the database is the check."""


def run(settings: "Settings", host: str, port: int, workers: int, *, reload: bool) -> None:
    """Run uvicorn until it is stopped."""
    import uvicorn

    from qms_graphql.app.connections import HttpConnection, SocketConnection

    with counted_together(settings, workers):
        uvicorn.run(
            "qms_graphql.app.server:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers if workers > 1 else None,
            reload=reload,
            reload_dirs=[str(Path(__file__).resolve().parents[1])] if reload else None,
            log_level=settings.log_level.lower(),
            # The log is ours: a line for each operation, by which uvicorn's own are written too.
            log_config=None,
            access_log=False,
            http=HttpConnection,
            ws=SocketConnection,
            ws_max_size=settings.max_body_bytes,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=5,
            server_header=False,
            # Nothing here asks where a request came from.
            proxy_headers=False,
        )


@contextmanager
def counted_together(settings: "Settings", workers: int) -> Iterator[None]:
    """Give several processes a folder for what they measure, so that any of them can tell Prometheus of all."""
    if workers == 1 or settings.metrics_token is None or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="qms-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def check_port(host: str, port: int) -> None:
    """Say in words that a port is taken, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"Port {port} on {host} cannot be used: {error.strerror}. Choose another by --port or QMS_PORT."
            ) from None


@contextmanager
def held(settings: "Settings") -> Iterator[None]:
    """Hold the SQLite file for this server: two servers on one file would each miss the other's news."""
    if not settings.on_sqlite or not settings.url.database:
        yield
        return
    import fcntl

    path = Path(settings.url.database + ".lock")
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SetupError(f"{path} cannot be made: {error.strerror}. Check QMS_DATABASE_URL.") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(f"Another server is using {settings.url.database}.") from None
        yield
    finally:
        os.close(handle)
