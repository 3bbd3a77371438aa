"""Operations that schemathesis makes from the schema the server tells: whatever they say, nothing fails inside."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar

EXAMPLES = int(os.environ.get("QMS_TEST_GENERATED", "200"))


@pytest.fixture(scope="session")
def scalars() -> None:
    """Values of our own scalars, sound and unsound."""
    moments = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
    scalar("DateTime", (moments | st.text(max_size=10)).map(nodes.String))
    scalar("Decimal", st.decimals().map(str).map(nodes.String) | st.floats(allow_nan=False).map(nodes.Float))
    scalar("ExternalVersion", moments.map(nodes.String) | st.integers().map(nodes.Int))
    scalar("JSON", st.text(max_size=10).map(nodes.String) | st.integers().map(nodes.Int) | st.just(nodes.Null))


def test_no_operation_is_a_fault(scalars: None, served: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {served['CONFORMANCE_TOKEN']}"}
    schema = schemathesis.graphql.from_url(served["CONFORMANCE_URL"], headers=headers)
    executed: list[bool] = []

    # The same operations each time: a failure must be the change's, not chance's.
    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=schema.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(headers=headers)
        assert answer.status_code < 500, (case.body, answer.text)
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
        assert "INTERNAL_SERVER_ERROR" not in codes, (case.body, answer.text)
        executed.append("data" in answer.json())

    ask()
    assert len(executed) >= EXAMPLES
    # Not a test of refusals only.
    assert sum(executed) > EXAMPLES / 2
