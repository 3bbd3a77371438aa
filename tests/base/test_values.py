"""Clock, ids, settings, columns: the small things everything else stands on."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLError

from qms_graphql.base.clock import SetClock, SystemClock
from qms_graphql.base.columns import canonical_json
from qms_graphql.base.drafts import check_value
from qms_graphql.base.errors import ErrorCode, Refusal, SetupError
from qms_graphql.base.ids import from_global, new_id, to_global
from qms_graphql.base.settings import load_settings
from qms_graphql.customers.model import Customer, Interaction
from qms_graphql.feedback.model import Answer, Survey
from qms_graphql.graph.scalars import read_decimal
from tests.conftest import Company
from tests.records import made, refused

AT = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))


def test_a_set_clock_stands_and_speaks_utc() -> None:
    clock = SetClock(AT)
    assert (clock.now(), clock.now().tzinfo) == (AT, UTC)
    clock.advance(timedelta(minutes=5))
    assert clock.now() == datetime(2025, 12, 31, 23, 35, tzinfo=UTC)
    clock.set(AT)
    assert clock.now() == AT
    assert SystemClock().now().tzinfo is UTC


def test_later_ids_sort_later() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert {id_.version for id_ in ids} == {7}


def test_a_global_id_leads_back() -> None:
    id_ = new_id()
    assert to_global("customer_relation", id_) == f"customer_relation_{id_.hex}"
    assert from_global(to_global("customer_relation", id_)) == ("customer_relation", id_)


@pytest.mark.parametrize(
    "text",
    ["", "customer", "customer_", "customer_xyz", "_" + "0" * 32, "Customer_" + "0" * 32, "customer_" + "A" * 32],
)
def test_what_is_no_global_id_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        from_global(text)
    assert refused.value.code is ErrorCode.BAD_USER_INPUT


def test_equal_json_is_equal_bytes() -> None:
    value = {"b": Decimal("1.50"), "a": [UUID(int=1), None, datetime(2026, 1, 1, tzinfo=UTC), "ä"]}
    spelled = '{"a":["00000000-0000-0000-0000-000000000001",null,"2026-01-01T00:00:00Z","ä"],"b":"1.50"}'
    assert canonical_json(value) == spelled.encode()
    assert canonical_json(dict(reversed(value.items()))) == spelled.encode()


CUSTOMER, INTERACTION = Customer.__table__.c, Interaction.__table__.c


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (CUSTOMER.name, "Ada", None),
        (CUSTOMER.name, None, ErrorCode.REQUIRED),
        (CUSTOMER.segment, None, None),
        (CUSTOMER.segment, "x" * 200, None),
        (CUSTOMER.segment, "x" * 201, ErrorCode.TOO_LONG),
        (CUSTOMER.segment, "a\x00b", ErrorCode.INVALID),
        (CUSTOMER.segment, "\ud800", ErrorCode.INVALID),
        (CUSTOMER.custom, {"a": [1, "b"]}, None),
        (CUSTOMER.custom, {"a": "\x00"}, ErrorCode.INVALID),
        (CUSTOMER.custom, {"a": "x" * 32_768}, ErrorCode.TOO_LONG),
        (CUSTOMER.custom, {"a": object()}, ErrorCode.INVALID),
        (INTERACTION.amount, Decimal("999999999999.999999"), None),
        (INTERACTION.amount, Decimal("1000000000000"), ErrorCode.OUT_OF_RANGE),
        (INTERACTION.amount, Decimal("NaN"), ErrorCode.OUT_OF_RANGE),
        (INTERACTION.amount, Decimal("0.0000001"), ErrorCode.INVALID),
        (INTERACTION.occurred_at, datetime(1899, 12, 31, tzinfo=UTC), ErrorCode.OUT_OF_RANGE),
        (INTERACTION.occurred_at, datetime(1900, 1, 1, tzinfo=UTC), None),
        (INTERACTION.occurred_at, datetime(2200, 1, 1, tzinfo=UTC), ErrorCode.OUT_OF_RANGE),
        (Survey.__table__.c.invited, -1, ErrorCode.OUT_OF_RANGE),
        (Survey.__table__.c.invited, 2**31, ErrorCode.OUT_OF_RANGE),
        (Answer.__table__.c.number, None, None),
    ],
)
def test_a_value_is_held_against_its_column(column: object, value: object, code: ErrorCode | None) -> None:
    problem = check_value(column, value)  # type: ignore[arg-type]
    assert (problem and problem[0]) == code


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("QMS_PORT", "many", "^QMS_PORT: "),
        ("QMS_PORT", "70000", "^QMS_PORT: "),
        ("QMS_DATABASE_POOL", "0", "^QMS_DATABASE_POOL: "),
        ("QMS_LOG_LEVEL", "LOUD", "^QMS_LOG_LEVEL: "),
        ("QMS_DATABASE_URL", "not an address", "^QMS_DATABASE_URL is not a database address.$"),
        ("QMS_DATABASE_URL", "mysql://secret@host/name", "^QMS_DATABASE_URL names 'mysql'; .*sqlite and postgresql.$"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SetupError, match=message) as refused:
        load_settings()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "used", "on_sqlite"),
    [
        (None, "sqlite+aiosqlite:///qms.db", True),
        ("sqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db", True),
        ("postgres://u:p@h/n", "postgresql+asyncpg://u:p@h/n", False),
        ("postgresql+psycopg://u:p@h/n", "postgresql+asyncpg://u:p@h/n", False),
    ],
)
def test_a_database_address_gets_our_driver(
    monkeypatch: pytest.MonkeyPatch, given: str | None, used: str, on_sqlite: bool
) -> None:
    monkeypatch.delenv("QMS_DATABASE_URL", raising=False)
    if given is not None:
        monkeypatch.setenv("QMS_DATABASE_URL", given)
    settings = load_settings()
    assert settings.url.render_as_string(hide_password=False) == used
    assert settings.on_sqlite is on_sqlite


@pytest.mark.parametrize("text", ["1_000", "١٢", "１２", "1e", "", " ", "0x10", "Infinity", "1,5"])
def test_a_decimal_is_written_in_plain_digits(text: str) -> None:
    with pytest.raises(GraphQLError):
        read_decimal(text)


@pytest.mark.parametrize(
    ("kind", "fields", "names"),
    [
        ("Feedback", {"source": "REVIEW", "occurredAt": "2026-03-01T00:00:00Z"}, ("occurredAt", "receivedAt")),
        ("Interaction", {"kind": "PURCHASE"}, ("occurredAt",)),
        ("Inspection", {"inspected": 10, "defective": 0}, ("at",)),
    ],
)
async def test_what_happened_does_not_lie_ahead(
    company: Company, kind: str, fields: dict[str, Any], names: tuple[str, ...]
) -> None:
    """But for the five minutes by which clocks differ."""
    create = (
        f"mutation ($input: Create{kind}Input!) {{ create{kind}(input: $input) {{"
        f" {kind.lower()} {{ id }} errors {{ code field }} }} }}"
    )
    late, late_enough = (dict.fromkeys(names, f"2026-03-02T09:3{minute}:00Z") for minute in (6, 4))
    await refused(company, create, fields | late, *(("OUT_OF_RANGE", [name]) for name in names))
    await made(company, kind, **fields | late_enough)
