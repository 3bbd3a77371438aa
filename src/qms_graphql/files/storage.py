"""Where the bytes of files are: a folder, or a bucket of any store that speaks S3. The only place that knows which."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qms_graphql.base.errors import SetupError
from qms_graphql.base.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_PIECE = 5 * 2**20
"""Bytes that are sent to the store at once: S3 takes no smaller ones. Two of them are in memory at most."""
_READ = 256 * 1024
"""Bytes that are handed on at once, at least."""


class Storage:
    """The store of the bytes. A key that is written stands there whole, or not at all."""

    def __init__(self, settings: Settings) -> None:
        self._folder = _folder(settings)
        self._opened: ObjectStore | None = None
        self._settings = settings

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Take bytes in as they come. What the iterator raises is raised, and nothing is kept."""
        import obstore

        await obstore.put_async(self._store, key, chunks, chunk_size=_PIECE, max_concurrency=2)

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to ``end``. Raises ``FileNotFoundError``."""
        import obstore

        if start >= end:
            return
        found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        async for chunk in found.stream(min_chunk_size=_READ):
            yield bytes(chunk)

    async def delete(self, key: str) -> None:
        """Take bytes away, and what an upload that broke off left of them. It is no error if there are none."""
        import obstore

        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)
        if self._folder is not None:
            # Where a process died while it wrote, its draft is left beside the place.
            for draft in (self._folder / key).parent.glob(f"{Path(key).name}#*"):
                draft.unlink(missing_ok=True)

    @property
    def _store(self) -> "ObjectStore":
        """The library's store, opened when it is first needed: a folder is made with the first file."""
        if self._opened is None:
            self._opened = _local(self._folder) if self._folder is not None else _bucket(self._settings)
        return self._opened


def _folder(settings: Settings) -> Path | None:
    """The folder of the files; None if they are in a bucket. Raises ``SetupError`` if it is neither."""
    place = settings.files
    if place is None:
        database = settings.url.database if settings.on_sqlite else None
        return (Path(database).absolute().parent if database else Path.cwd()) / "qms-files"
    if place.startswith("file:///"):
        return Path(place.removeprefix("file://"))
    if not place.removeprefix("s3://").strip("/") or not place.startswith("s3://"):
        raise SetupError("QMS_FILES is file:///FOLDER or s3://BUCKET/PREFIX.")
    return None


def _local(folder: Path) -> "ObjectStore":
    from obstore.store import LocalStore

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"The folder of files {folder} cannot be made: {error.strerror}; see QMS_FILES.") from None
    return LocalStore(folder)


def _bucket(settings: Settings) -> "ObjectStore":
    from obstore.store import S3Store

    bucket, _, prefix = (settings.files or "").removeprefix("s3://").partition("/")
    secret, endpoint = settings.files_secret_key, settings.files_endpoint
    chosen: dict[str, Any] = {
        "prefix": prefix.strip("/") or None,
        "endpoint": endpoint,
        "region": settings.files_region,
        "access_key_id": settings.files_key_id,
        "secret_access_key": secret.get_secret_value() if secret is not None else None,
        # A store of one's own has no domain for each bucket.
        "virtual_hosted_style_request": None if endpoint is None else False,
        # Who brings a file waits: a store that is away is a fault soon.
        "retry_config": {"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        "client_options": {"allow_http": True} if (endpoint or "").startswith("http://") else None,
    }
    return S3Store(bucket, **{name: value for name, value in chosen.items() if value is not None})
