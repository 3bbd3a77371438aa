"""The data set on SQLite: a copy, table by table, of what it is on PostgreSQL."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bench import dataset, place
from bench.dataset import Made
from bench.place import Place
from qms_graphql.base.columns import Base
from qms_graphql.base.settings import Settings
from qms_graphql.schema import build

FOLDER = Path(__file__).with_name("results")
SOURCE = "qms_bench_copied"
_ROWS = 5000


@contextmanager
def on_sqlite(scale: Any, *, keep: bool, name: str = "reads", made: Made = dataset.statements) -> Iterator[Place]:
    """An installation with the data set, or with another. With ``keep`` it stays, and one that stayed is used again."""
    FOLDER.mkdir(exist_ok=True)
    installation, mark = Place(f"sqlite:///{FOLDER / name}.db"), FOLDER / f"{name}.mark"
    if Path(installation.file).exists() and mark.exists() and mark.read_text() == str(scale):
        installation.qms("migrate")
    else:
        mark.unlink(missing_ok=True)
        place.fresh(installation.url)
        with dataset.on_postgresql(SOURCE, scale, keep=False, made=made) as source:
            asyncio.run(_copy(source, installation))
        mark.write_text(str(scale))
    try:
        yield installation
    finally:
        if not keep:
            place.remove(installation)
            mark.unlink()


async def _copy(source: Place, target: Place) -> None:
    build()  # with it all tables are known
    reader = create_async_engine(Settings(database_url=source.url).url)
    writer = create_async_engine(Settings(database_url=target.url).url)
    async with reader.connect() as read, writer.begin() as write:
        await write.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for table in Base.metadata.sorted_tables:
            await write.execute(delete(table))
            await _copy_table(read, write, table)
    async with writer.connect() as connection:
        await connection.exec_driver_sql("ANALYZE")
        await connection.commit()
    await reader.dispose()
    await writer.dispose()


async def _copy_table(read: AsyncConnection, write: AsyncConnection, table: Table) -> None:
    async with read.stream(select(table)) as rows:
        async for some in rows.mappings().partitions(_ROWS):
            await write.execute(insert(table), [dict(row) for row in some])
