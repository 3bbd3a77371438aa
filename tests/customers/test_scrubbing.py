"""Scrubbing the files of SQLite after an erasure, where somebody keeps it from being done at once."""

import pytest
from sqlalchemy import select

from qms_graphql.base import scrubbing
from qms_graphql.base.model import SubjectKey
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
