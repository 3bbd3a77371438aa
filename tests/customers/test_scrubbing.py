"""Scrubbing the files of SQLite after an erasure, where somebody keeps it from being done at once."""

import pytest
from sqlalchemy import delete, select, update

from qms_graphql.base import scrubbing
from qms_graphql.base.model import ExternalRef, SubjectKey
from qms_graphql.customers.model import Customer
from tests.base.sync import item, sync
from tests.base.work import scheduler
from tests.conftest import Company
from tests.customers.test_erasure import NAMES, Person, seen, stored
from tests.records import made


async def test_what_a_reader_keeps_in_the_log_is_scrubbed_later(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "BUSY_MS", 50)
    id_ = await made(company, "Customer", name="Жady", kind="PERSON")
    async with company.installation.database.reading(company.id, snapshot=True) as reader:
        await reader.rows(select(SubjectKey.__table__))
        await Person(company, NAMES).erased(id_)
        left = seen(["Жady"], await stored(company.installation))
    assert left == (["Жady"] if company.installation.settings.on_sqlite else [])
    runs = await scheduler(company).run_due()
    assert [(run.done, run.held, run.error) for run in runs if run.job == "privacy: scrub"] == [(1, 0, None)]
    assert seen(["Жady"], await stored(company.installation)) == []


async def test_copies_that_split_pages_left_behind_are_gone_too(company: Company) -> None:
    # In no order, so that rows come between others.
    names = [f"Жady {number * 137 % 400:03} " + "word " * (number % 17) for number in range(400)]
    people = [item(name, 1, name=name, kind="PERSON", custom={"note": "x" * len(name)}) for name in names]
    await sync(company, *people)
    # Rows that grow do not fit their page any more: SQLite copies them to others, and leaves the copies.
    grown = [item(name, 2, name=name, custom={"note": "long " * (number % 300)}) for number, name in enumerate(names)]
    await sync(company, *grown[::2])
    database, table = company.installation.database, Customer.__table__
    async with database.begin(company.id) as connection:
        await connection.execute(delete(ExternalRef.__table__))
        await connection.execute(update(table).values(name="gone"))
    assert await scrubbing.scrub(database)
    assert seen([name.strip() for name in names], await stored(company.installation)) == []
