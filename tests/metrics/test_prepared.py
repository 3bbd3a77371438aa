"""Questions of one form share a statement; what differs between them are its parameters."""

from datetime import UTC, datetime
from uuid import UUID

from qms_graphql.base.access import system_viewer
from qms_graphql.base.visibility import NOBODY
from qms_graphql.metrics import prepared
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.scope import Scope

ONE, OTHER = UUID(int=1), UUID(int=2)
JANUARY, MARCH = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


def test_a_form_holds_what_is_restricted_and_not_to_what() -> None:
    assert Scope(product=ONE, channel="web").form() == Scope(product=OTHER, channel="shop").form()
    assert Scope(product=ONE).form() != Scope(customer=ONE).form()
    assert Scope(product=ONE).form() != Scope(product=ONE, channel="web").form()
    assert Window(JANUARY, MARCH).form() == Window(datetime(1999, 1, 1, tzinfo=UTC), JANUARY).form()
    assert len({Window(*ends).form() for ends in ((JANUARY, MARCH), (JANUARY, None), (None, MARCH), (None, None))}) == 4


def test_the_parameters_are_the_values_that_are_given() -> None:
    boundaries = [JANUARY, datetime(2026, 2, 1, tzinfo=UTC), MARCH]
    assert prepared.values(system_viewer(OTHER), Scope(product=ONE), Window(JANUARY, None), boundaries) == {
        "organization": OTHER,
        "person": NOBODY,
        "scope_product": ONE,
        "window_start": JANUARY,
        "boundary_1": boundaries[1],
    }
