"""Documents that somebody might send to hurt the server, each as large as asked, and ordinary ones beside them."""

from collections.abc import Callable
from itertools import count

from qms_graphql.app.tabs import TABS

_KEY = 'by: { ref: { system: "shop", externalId: "x" } }'
_OPERATION = TABS[1].query

ORDINARY_NAME = "Customer0"
"""The operation that is asked for of an ordinary document."""
ORDINARY_VARIABLES = TABS[1].variables


def ordinary(size: int) -> str:
    """Operations as a client's build tool collects them into one document; the first is the one asked for."""
    return _grown(size, "", lambda n: _OPERATION.replace("query Customer360", f"query Customer{n}"), "")


def _grown(size: int, head: str, piece: Callable[[int], str], tail: str) -> str:
    """A head, as many pieces as fit, a tail; at least one piece."""
    pieces: list[str] = []
    room = size - len(head) - len(tail)
    for number in count():
        text = piece(number)
        room -= len(text)
        if room < 0 and pieces:
            break
        pieces.append(text)
    return head + "".join(pieces) + tail


def _nested(size: int, head: str, opening: str, core: str, closing: str, tail: str, most: int = 10**9) -> str:
    """Something within itself as often as fits, but at most so often."""
    depth = min(most, max(1, (size - len(head) - len(core) - len(tail)) // (len(opening) + len(closing))))
    return head + opening * depth + core + closing * depth + tail


def _filter(size: int, opening: str, core: str, closing: str) -> str:
    return _nested(size, "{ customers(where: ", opening, core, closing, ") { totalCount } }")


def _fragments(size: int, head: str, piece: Callable[[int], str]) -> str:
    """Fragments that spread the next one; the last spreads nothing."""
    text = _grown(size, head, piece, "")
    return text + f" fragment F{text.count('fragment F')} on Customer {{ id }}"


def _doubling(size: int) -> str:
    head = "{ customers { nodes { ...F0 } } }"
    return _fragments(
        size,
        head,
        lambda n: (
            f" fragment F{n} on Customer {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} ...F{n + 1} }}"
        ),
    )


def _doubling_flat(size: int) -> str:
    head = "{ customers { nodes { ...F0 } } }"
    return _fragments(size, head, lambda n: f" fragment F{n} on Customer {{ ...F{n + 1} ...F{n + 1} }}")


def _all_to_all(size: int) -> str:
    """Every fragment spreads every other one: a quadratic number of spreads has a linear number of names."""
    number = max(2, int((size / 8) ** 0.5))
    spreads = " ".join(f"...F{n}" for n in range(number))
    fragments = " ".join(f"fragment F{n} on Customer {{ id {spreads} }}" for n in range(number))
    return f"{{ customers {{ nodes {{ {spreads} }} }} }} {fragments}"


def _triangle(size: int) -> str:
    """Every fragment spreads all later ones, and no ring is closed."""
    number = max(2, int((size / 4) ** 0.5))
    fragments = " ".join(
        f"fragment F{n} on Customer {{ id {' '.join(f'...F{m}' for m in range(n + 1, number))} }}"
        for n in range(number)
    )
    return f"{{ customers {{ nodes {{ ...F0 }} }} }} {fragments}"


def _operations_share_fragments(size: int) -> str:
    half = size // 2
    spread = _grown(half, "fragment F on Query {", lambda n: f" a{n}: __typename", " }")
    return _grown(half, spread, lambda n: f" query Q{n} {{ ...F }}", "")


def _operations_share_variables(size: int) -> str:
    half = size // 2
    uses = _grown(half, "fragment F on Query {", lambda n: f" a{n}: __typename @include(if: $v{n})", " }")
    return _grown(half, uses, lambda n: f" query Q{n}($v{n}: Boolean!) {{ ...F }}", "")


def _overlapping_fragments(size: int) -> str:
    """Many fragments, each with the same field, all spread side by side: compared pair by pair."""
    number = max(2, size // 70)
    spreads = " ".join(f"...F{n}" for n in range(number))
    fragments = " ".join(f"fragment F{n} on Customer {{ parent {{ parent {{ id }} }} }}" for n in range(number))
    return f"{{ customers {{ nodes {{ {spreads} }} }} }} {fragments}"


def _long_names_in_a_ring(size: int) -> str:
    name = "F" * max(1, size // 8)
    return f"{{ ...{name} }} fragment {name} on Query {{ ...{name}2 }} fragment {name}2 on Query {{ ...{name} }}"


def _long_unknown_name(size: int) -> str:
    return "{ " + "c" * size + " }"


Family = Callable[[int], str]

FAMILIES: dict[str, Family] = {
    "fragments that double, in fields": _doubling,
    "fragments that double": _doubling_flat,
    "fragments in a ring": lambda size: _grown(
        size,
        "{ ...F0 } fragment F0 on Query { ...F0 }",
        lambda n: f" fragment F{n + 1} on Query {{ ...F{n} ...F0 }}",
        "",
    ),
    "fragments all to all": _all_to_all,
    "fragments in a triangle": _triangle,
    "fragments that overlap": _overlapping_fragments,
    "fragments unused": lambda size: _grown(
        size, "{ __typename }", lambda n: f" fragment F{n} on Query {{ __typename }}", ""
    ),
    "fragments unknown": lambda size: _grown(size, "{", lambda n: f" ...F{n}", " }"),
    "fragments of unknown types": lambda size: _grown(size, "{", lambda n: f" ... on T{n} {{ a }}", " }"),
    "fragments of one name": lambda size: _grown(
        size, "{ ...F }", lambda n: " fragment F on Query { __typename }", ""
    ),
    "inline fragments within each other": lambda size: _nested(size, "{", "...{", "__typename", "}", "}"),
    "inline fragments 60 deep, again and again": lambda size: _grown(
        size, "{", lambda n: " " + "...{" * 60 + "__typename" + "}" * 60, " }"
    ),
    "aliases of a leaf": lambda size: _grown(size, "{", lambda n: f" a{n}: __typename", " }"),
    "aliases of a page": lambda size: _grown(size, "{", lambda n: f" a{n}: customers {{ totalCount }}", " }"),
    "aliases of a record": lambda size: _grown(size, "{", lambda n: f" a{n}: customer({_KEY}) {{ name }}", " }"),
    "aliases that conflict": lambda size: _grown(
        size, "{ customers { nodes {", lambda n: f" a: {'id' if n % 2 else 'name'}", " } } }"
    ),
    "the same field": lambda size: _grown(size, "{", lambda n: " __typename", " }"),
    "the same object": lambda size: _grown(
        size, "{ customers { nodes {", lambda n: " parent { id }", " } } }"
    ),
    "the same object, deep": lambda size: _grown(
        size, "{ customers { nodes {", lambda n: " parent { parent { parent { id } } }", " } } }"
    ),
    "the same field with other arguments": lambda size: _grown(
        size, "{", lambda n: f" customers(first: {n}) {{ totalCount }}", " }"
    ),
    "the same field with a long argument": lambda size: (
        "{" + f' customers(where: {{name: {{in: [{"1,2," * (size // 20)}]}}}}) {{ totalCount }}' * 4 + " }"
    ),
    "directives": lambda size: _grown(size, "{ __typename", lambda n: " @include(if: true)", " }"),
    "directives, one a field": lambda size: _grown(
        size, "{", lambda n: f" a{n}: __typename @include(if: true) @skip(if: false)", " }"
    ),
    "directives unknown": lambda size: _grown(size, "{ __typename", lambda n: f" @d{n}", " }"),
    "directives on the operation": lambda size: _grown(size, "query", lambda n: f" @d{n}(a: 1)", " { __typename }"),
    "fields undefined": lambda size: _grown(size, "{", lambda n: f" customer{n}", " }"),
    "fields undefined, alike": lambda size: _grown(
        size, "{ customers { nodes {", lambda n: f" external{n}Refs", " } } }"
    ),
    "arguments undefined": lambda size: _grown(
        size, "{ customers(", lambda n: f" where{n}: 1", ") { totalCount } }"
    ),
    "arguments of one name": lambda size: _grown(size, "{ customers(", lambda n: " first: 1", ") { totalCount } }"),
    "input fields undefined": lambda size: _grown(
        size, "{ customers(where: {", lambda n: f" name{n}: 1", "}) { totalCount } }"
    ),
    "input fields of one name": lambda size: _grown(
        size, "{ customers(where: {", lambda n: ' name: {eq: "a"}', "}) { totalCount } }"
    ),
    "enum values undefined": lambda size: _grown(
        size, "{ customers(orderBy: [", lambda n: f" {{field: NAME{n}}}", "]) { totalCount } }"
    ),
    "variables unused": lambda size: _grown(size, "query (", lambda n: f" $v{n}: Int", ") { __typename }"),
    "variables undefined": lambda size: _grown(size, "{", lambda n: f" a{n}: __typename @skip(if: $v{n})", " }"),
    "variables of unknown types": lambda size: _grown(size, "query (", lambda n: f" $v{n}: T{n}", ") { __typename }"),
    "variables of one name": lambda size: _grown(size, "query (", lambda n: " $v: Int", ") { __typename }"),
    "a variable used everywhere": lambda size: _grown(
        size, "query ($v: Boolean!) {", lambda n: f" a{n}: __typename @skip(if: $v)", " }"
    ),
    "a variable of a type in brackets": lambda size: _nested(
        size, "query ($v: ", "[", "Int", "]", ") { __typename }"
    ),
    "operations": lambda size: _grown(size, "", lambda n: f" query Q{n} {{ __typename }}", ""),
    "operations without a name": lambda size: _grown(size, "", lambda n: " { __typename }", ""),
    "operations of one name": lambda size: _grown(size, "", lambda n: " query Q { __typename }", ""),
    "operations that share a fragment": _operations_share_fragments,
    "operations that share variables": _operations_share_variables,
    "type definitions": lambda size: _grown(size, "{ __typename }", lambda n: f" type T{n} {{ a: Int }}", ""),
    "a list of numbers": lambda size: _grown(
        size, "{ customers(where: { name: { in: [", lambda n: f" {n}", "] } }) { totalCount } }"
    ),
    "a list of texts": lambda size: _grown(
        size, "{ customers(where: { name: { in: [", lambda n: f' "{n}"', "] } }) { totalCount } }"
    ),
    "a list of ids": lambda size: _grown(size, "{ nodes(ids: [", lambda n: f' "customer_{n}"', "]) { id } }"),
    "a list of lists": lambda size: _nested(
        size, "{ customers(where: { name: { in: ", "[", "1", "]", " } }) { totalCount } }"
    ),
    "a filter in a filter": lambda size: _filter(size, "{not:", "{}", "}"),
    "a filter beside a filter": lambda size: _grown(
        size, "{ customers(where: {or: [", lambda n: f' {{name: {{eq: "{n}"}}}}', "]}) { totalCount } }"
    ),
    "a filter that doubles": lambda size: _filter(size, "{or:[{},", "{}", "]}"),
    "a long text": lambda size: '{ customers(where: { name: { eq: "' + "a" * size + '" } }) { totalCount } }',
    "a long text of escapes": lambda size: (
        '{ customers(where: { name: { eq: "' + "\\u0041" * (size // 6) + '" } }) { totalCount } }'
    ),
    "a long text of braced escapes": lambda size: (
        '{ customers(where: { name: { eq: "' + "\\u{41}" * (size // 6) + '" } }) { totalCount } }'
    ),
    "a long text of surrogates": lambda size: (
        '{ customers(where: { name: { eq: "' + "\\ud83d\\ude00" * (size // 12) + '" } }) { totalCount } }'
    ),
    "a long text without end": lambda size: '{ customers(where: { name: { eq: "' + "a" * size,
    "a block text": lambda size: (
        '{ customers(where: { name: { eq: """' + "a" * size + '""" } }) { totalCount } }'
    ),
    "a block text of lines": lambda size: (
        '{ customers(where: { name: { eq: """' + "  a\n" * (size // 4) + '""" } }) { totalCount } }'
    ),
    "a block text of escaped quotes": lambda size: (
        '{ customers(where: { name: { eq: """' + '\\"""' * (size // 4) + '""" } }) { totalCount } }'
    ),
    "a long number": lambda size: "{ customers(first: " + "9" * size + ") { totalCount } }",
    "a long fraction": lambda size: (
        "{ interactions(where: {amount: {eq: 0." + "9" * size + "}}) { totalCount } }"
    ),
    "long numbers": lambda size: _grown(
        size, "{ interactions(where: {amount: {in: [", lambda n: " " + "9" * 4000, "]}}) { totalCount } }"
    ),
    "a long name": _long_unknown_name,
    "a long alias": lambda size: "{ " + "c" * size + ": __typename }",
    "a long name almost right": lambda size: _grown(size, "{", lambda n: f" {'customers' * 4}{n}", " }"),
    "long names in a ring": _long_names_in_a_ring,
    "a long comment": lambda size: "{ __typename } #" + "a" * size,
    "comments": lambda size: _grown(size, "{ __typename }", lambda n: "#\n", ""),
    "blanks": lambda size: "{ __typename" + " " * size + "}",
    "commas": lambda size: "{ __typename" + "," * size + "}",
    "line breaks": lambda size: "{ nothing" + "\n" * size + "}",
    "line breaks, then an error": lambda size: "\n" * size + "{ a b c d e f g h }",
    "byte order marks": lambda size: "{ __typename" + "\ufeff" * size + "}",
    "text beyond ASCII": lambda size: "{ __typename } #" + "\U0001f600" * (size // 4),
    "opening braces": lambda size: "{a" * (size // 2),
    "opening brackets": lambda size: "{ customers(ids: " + "[" * size,
    "colons": lambda size: "{ a" + ":" * size,
    "introspection within itself": lambda size: _nested(
        size, "{ __schema { types {", " fields { type {", " name", " } }", " } } }"
    ),
    "introspection 5 deep, again and again": lambda size: _grown(
        size,
        "{",
        lambda n: f" a{n}: __schema {{ types {{ fields {{ type {{ ofType {{ name description }} }} }} }} }}",
        " }",
    ),
    "introspection of everything": lambda size: _grown(
        size,
        "{",
        lambda n: f" a{n}: __schema {{ types {{ name description fields {{ name args {{ name }} }} }} }}",
        " }",
    ),
    "a selection within itself": lambda size: _nested(
        size, "{ customers { nodes {", " parent {", " id", " }", " } } }"
    ),
    "a selection 20 deep, again and again": lambda size: _grown(
        size,
        "{",
        lambda n: f" a{n}: customers {{ nodes {{ {'parent { ' * 18} id {'} ' * 18} }} }}",
        " }",
    ),
    "leaves of a page": lambda size: _grown(
        size, "{ customers(first: 200) { nodes {", lambda n: f" a{n}: name", " } } }"
    ),
    "leaves of introspection": lambda size: _grown(
        size, "{ __schema { types { fields {", lambda n: f" a{n}: name", " } } } }"
    ),
    "pages in pages": lambda size: _nested(
        size,
        "{ customers(first: 200) { nodes {",
        " children(first: 200) { nodes {",
        " id",
        " } }",
        " } } }",
    ),
}  # fmt: skip
"""Each makes a document of about so many bytes."""
