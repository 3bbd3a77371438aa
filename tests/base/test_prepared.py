"""Prepared selects: the same rows as SQLAlchemy gives, whatever the types and the parameters."""

import pytest
from sqlalchemy import bindparam, select

from qms_graphql.base.ids import new_id
from qms_graphql.base.model import Event
from qms_graphql.base.prepared import Prepared
from tests.base.work import new_customer
from tests.conftest import Company

TABLE = Event.__table__.c
AFTER = (
    select(*TABLE)
    .where(TABLE.organization_id == bindparam("organization_id"), TABLE.seq > bindparam("position"))
    .order_by(TABLE.seq)
    .limit(2)
)


async def test_rows_are_those_that_sqlalchemy_gives(company: Company, other_company: Company) -> None:
    prepared, database = Prepared(AFTER), company.installation.database
    for index in range(4):
        await new_customer(company, name=f"customer {index}")
    await new_customer(other_company, name="another's")
    for owner, position, expected in (
        (company, 0, [1, 2]),
        (company, 3, [4]),
        (company, 4, []),
        (other_company, 0, [1]),
    ):
        given = {"organization_id": owner.id, "position": position}
        async with database.reading(owner.id) as reader:
            found = await prepared.rows(reader, given)
            assert found == list(await reader.rows(AFTER, given))
        assert [row["seq"] for row in found] == expected
        assert {row["organization_id"] for row in found} <= {owner.id}


async def test_a_parameter_that_is_not_given_is_refused(company: Company) -> None:
    async with company.installation.database.reading(company.id) as reader:
        with pytest.raises(KeyError, match="position"):
            await Prepared(AFTER).rows(reader, {"organization_id": new_id()})
