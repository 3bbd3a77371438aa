"""What is wrong with values is said as JSON spells them, with its place; what has parts is not repeated."""

from typing import Any

import pytest

from tests.conftest import Company

CREATE = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { errors { code } } }"
BUY = "mutation ($input: CreateInteractionInput!) { createInteraction(input: $input) { errors { code } } }"
PAGE = "query ($first: Int, $where: ProductFilter) { products(first: $first, where: $where) { totalCount } }"
MENTION = "whispered in confidence"
ROW = {"sku": MENTION, "name": "Kettle"}

VARIABLES: dict[str, tuple[str, dict[str, Any], str, list[str]]] = {
    "true for text": (CREATE, {"input": ROW | {"sku": True}},
        "$input: String cannot represent a non string value: true", ["input", "sku"]),
    "an object for text": (CREATE, {"input": ROW | {"name": {"a": None}}},
        "$input: String cannot represent a non string value: an object", ["input", "name"]),
    "a list for text": (CREATE, {"input": ROW | {"name": [MENTION]}},
        "$input: String cannot represent a non string value: a list", ["input", "name"]),
    "null for text": (CREATE, {"input": ROW | {"name": None}},
        "$input: Expected value of non-null type 'String!' not to be null.", ["input", "name"]),
    "nothing for text": (CREATE, {"input": {"sku": MENTION}},
        "$input: Expected value of type 'CreateProductInput' to include required field 'name'.", ["input", "name"]),
    "one field too many": (CREATE, {"input": ROW | {"colour": None}},
        "$input: Expected value of type 'CreateProductInput' not to include unknown field 'colour'.",
        ["input", "colour"]),
    "null for a row": (CREATE, {"input": None},
        "$input: Expected value of non-null type 'CreateProductInput!' not to be null.", ["input"]),
    "a list for a row": (CREATE, {"input": [MENTION, None]},
        "$input: Expected value of type 'CreateProductInput' to be an object.", ["input"]),
    "text for a row": (CREATE, {"input": "Kettle"},
        "$input: Expected value of type 'CreateProductInput' to be an object, found: \"Kettle\".", ["input"]),
    "true for a kind": (BUY, {"input": {"kind": True, "occurredAt": "2026-01-01T00:00:00Z"}},
        "$input: Enum 'InteractionKind' cannot represent non-string value: true.", ["input", "kind"]),
    "no such kind": (BUY, {"input": {"kind": "BÄRTER", "occurredAt": "2026-01-01T00:00:00Z"}},
        "$input: Value \"BÄRTER\" does not exist in 'InteractionKind' enum.", ["input", "kind"]),
    "text for a number": (PAGE, {"first": "it's"},
        "$first: Int cannot represent non-integer value: \"it's\"", ["first"]),
    "a number that is too large": (PAGE, {"first": 2**40},
        f"$first: Int cannot represent non 32-bit signed integer value: {2**40}", ["first"]),
    "a long text for a number": (PAGE, {"first": "x" * 100},
        f"$first: Int cannot represent non-integer value: \"{'x' * 59}…", ["first"]),
    "NUL": (PAGE, {"where": {"name": {"in": ["a", "\0"]}}},
        "Text must not contain NUL characters.", ["where", "name", "in", "1"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "given", "message", "field"), VARIABLES.values(), ids=VARIABLES)
async def test_a_variable_that_does_not_fit(
    company: Company, text: str, given: dict[str, Any], message: str, field: list[str]
) -> None:
    answer = await company.ask(text, given)
    name = text.index(f"${field[0]}") + 1
    assert answer == {
        "errors": [
            {
                "message": message,
                "locations": [{"line": 1, "column": name}],
                "extensions": {"code": "BAD_USER_INPUT", "field": field},
            }
        ]
    }


LITERALS = {
    "a time": ('interactions(where: { occurredAt: { eq: "noon" } })', '"noon"'),
    "a decimal": ("interactions(where: { amount: { eq: true } })", "true"),
    "text": ("products(where: { name: { eq: 5 } })", "5"),
    "NUL": (r'products(where: { name: { eq: "\u0000" } })', r'"\u0000"'),
}


@pytest.mark.parametrize(("field", "wrong"), LITERALS.values(), ids=LITERALS)
async def test_a_value_in_the_document_that_does_not_fit_has_its_place(
    company: Company, field: str, wrong: str
) -> None:
    text = f"{{\n  {field} {{ totalCount }}\n}}"
    (error,) = (await company.ask(text))["errors"]
    assert error["locations"] == [{"line": 2, "column": text.splitlines()[1].index(wrong) + 1}]
