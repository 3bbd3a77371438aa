"""What is declared wrongly is found when the schema is built, with the name of what is wrong."""

import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
import strawberry
from strawberry import auto

from qms_graphql.base.model import ExternalRef as Reference
from qms_graphql.graph.abstract import interface, one_of, union
from qms_graphql.graph.building.roots import Roots
from qms_graphql.graph.declare import batch_field, node, part
from qms_graphql.graph.types import Node
from qms_graphql.products import model as products
from qms_graphql.risks import model as risks
from tests.house.places import ROOT


def built(**declared: Any) -> Roots:
    """The roots of a room with these declarations."""

    @part(Reference, read=None)
    class ExternalRef:
        """A key elsewhere."""

        system: auto

    room = ModuleType("room")
    vars(room).update(declared, ExternalRef=ExternalRef)
    return Roots([room], ExternalRef.__graph__)


def test_a_type_must_have_the_fields_of_its_interface() -> None:
    @interface(plural="titles")
    @strawberry.interface(description="Anything with a title.")
    class Titled(Node):
        title: str | None = strawberry.field(description="Its title.")

    @node(risks.Risk, read=None, plural="risks")
    class Risk(Titled):
        """What may go wrong."""

        number: auto

    with pytest.raises(TypeError, match=r"^Risk lacks title of Titled$"):
        built(Titled=Titled, Risk=Risk)


def test_an_interface_has_types() -> None:
    @interface()
    @strawberry.interface(description="Anything with a title.")
    class Titled(Node):
        title: str | None = strawberry.field(description="Its title.")

    with pytest.raises(TypeError, match=r"^Titled: no node is of it$"):
        built(Titled=Titled)


def test_a_link_leads_to_what_is_declared() -> None:
    @node(products.Product, read=None, plural="products")
    class Product(Node):
        """What is made."""

        name: auto

    @node(risks.Risk, read=None, plural="risks")
    class Risk(Node):
        """What may go wrong."""

        number: auto
        subject: "Nothing | None" = one_of(risks.Risk.product_id, about="What it is about.")  # noqa: F821

    with pytest.raises(TypeError, match=r"^Risk\.subject: Nothing \| None names no declared type$"):
        built(Product=Product, Risk=Risk, ANYTHING=union("Anything", "Anything.", "Product Risk"))


def test_the_other_end_of_a_link_to_several_types_is_given_to_each() -> None:
    @node(products.Product, read=None, plural="products")
    class Product(Node):
        """What is made."""

        name: auto

    @node(risks.Risk, read=None, plural="risks")
    class Risk(Node):
        """What may go wrong."""

        number: auto
        subject: "Anything | None" = one_of(  # noqa: F821
            risks.Risk.product_id, about="What it is about.", back="risks", back_doc="What may go wrong with it."
        )

    made = built(Product=Product, Risk=Risk, ANYTHING=union("Anything", "Anything.", "Product Risk"))
    assert made.types["Product"].fields["risks"].description == "What may go wrong with it."
    assert "risks" not in made.types["Risk"].fields
    assert made.types["Risk"].spelling("product_id") == "subject"


def test_a_batch_field_answers_with_a_list() -> None:
    with pytest.raises(TypeError, match="a batch field returns a list, one item for each row"):

        @batch_field(needs=["name"])
        async def loud(rows: Any, _context: Any) -> str:
            """The name aloud."""
            return str(rows)


@pytest.mark.parametrize("others", ["before", "after"])
def test_two_schemas_of_one_process_do_not_disturb_each_other(others: str) -> None:
    # In a process of its own: here both are built already, in whichever order the tests were collected.
    steps = ["from qms_graphql.schema import printed; text = printed()", "import tests.graph.own.built"]
    if others == "after":
        steps.reverse()
    steps.append("from pathlib import Path; assert text == Path('schema.graphql').read_text()")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(steps)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
