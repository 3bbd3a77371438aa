"""House rules that are read off the schema."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectValueNode,
    OperationDefinitionNode,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_required_input_field,
    is_specified_scalar_type,
    parse,
    parse_value,
    validate,
    validate_input_literal,
)
from graphql.language import DocumentNode, FragmentDefinitionNode
from sqlalchemy import Column

from qms_graphql.base.access import PERMISSIONS, Role
from qms_graphql.base.record_types import RecordType
from qms_graphql.graph.building.roots import core
from qms_graphql.graph.declare import ColumnField, ManyField, OneField
from qms_graphql.schema import build, printed
from tests.conftest import Company
from tests.house.places import ROOT

SCHEMA: GraphQLSchema = core(build()[0])
OWN_TYPES = {
    name: type_
    for name, type_ in SCHEMA.type_map.items()
    if not name.startswith("__") and not is_specified_scalar_type(type_)
}

BOUNDED = {
    "ChangePage.nodes": "first, at most 1000",
    "ExternalRefPage.nodes": "first, at most 1000",
    "Change.changedFields": "the columns of one table",
    "Change.externalRefs": "one for each connected system",
    "Question.choices": "JSON of at most 32 KiB",
    "User.roles": "the roles there are",
    "Viewer.roles": "the roles there are",
    "Viewer.permissions": "the permissions there are",
    "Viewer.systems": "the systems of one token",
    "Query.nodes": "at most 200 ids",
    "Query.metrics": "the metrics there are",
    "Metric.series": "at most 2000 periods",
    "Theme.volume": "at most 2000 periods",
    "Query.recordsByRef": "at most 1000 references",
    "UserError.field": "the depth of an input",
    "Feedback.similar": "first, at most 10",
    "Transition.unmet": "the guards of a move",
    "HistoryEntry.changes": "the columns and lists of one table",
    "Comment.mentions": "at most 50",
    "CommentPage.nodes": "first, at most 200",
    "FilePage.nodes": "first, at most 200",
    "HistoryPage.nodes": "first, at most 200",
    "Review.inputs": "the topics there are",
    "ReviewTopic.figures": "what is counted, and at most 100 objectives",
    "Review.ownWork": "the team, at most 200, and who leads it",
    "DigestPage.nodes": "first, at most 200",
    "Department.followed": "at most 200",
    "Revision.affectedDepartments": "at most 200",
    "AffectedDepartment.documents": "at most 200",
    "Nonconformity.similar": "at most 200",
    "Requirement.suggestedBy": "at most 200",
    "Nonconformity.eightD": "D0 to D8",
    "EightDStep.missing": "the guards of a discipline",
    "Revision.changes": "the characteristics of two revisions",
    "Query.scheduledRuns": "first, at most 200",
    "Query.documentPolicies": "the kinds of document",
    "DocumentPolicy.approverRoles": "the roles there are",
    "DocumentPolicy.trainingRoles": "the roles there are",
    "TrainingPlan.roles": "the roles there are",
    "DocumentPolicy.trainingDepartments": "at most 200",
    "Department.openActions": "at most 200",
    "Department.competenceMatrix": "at most 200 people, the areas there are",
} | {
    f"{name}.{key}": why
    for key, why in (
        ("transitions", "the states of a machine"),
        ("followers", "at most 200"),
        ("signatures", "at most 50"),
        ("trace", "at most 1000"),
    )
    for name, type_ in OWN_TYPES.items()
    if name == "Record" or "Record" in {face.name for face in getattr(type_, "interfaces", ())}
}
"""Lists that are neither pages nor links, and what bounds each."""


def _parts() -> Iterator[tuple[str, str | None]]:
    """Everything in the schema that has a description."""
    for name, type_ in OWN_TYPES.items():
        yield name, type_.description
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{key}", value.description) for key, value in type_.values.items())
        elif isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{key}", field.description) for key, field in type_.fields.items())
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in type_.fields.items():
                yield f"{name}.{key}", field.description
                yield from ((f"{name}.{key}({argument}:)", given.description) for argument, given in field.args.items())


def test_everything_is_described() -> None:
    parts = dict(_parts())
    assert {"Customer.name", "FeedbackSource", "Query.customers(first:)"} <= set(parts)
    assert [name for name, description in parts.items() if not (description or "").strip()] == []


def test_every_list_is_bounded() -> None:
    declared = build()[1].types
    links = set()
    for name, type_ in declared.items():
        for key, field in type_.fields.items():
            if isinstance(field, ManyField):
                links.add(f"{name}.{key}")
            if isinstance(field, OneField | ManyField) and field.back and field.back_list and field.target:
                links.add(f"{field.target.name}.{field.back}")
    unbounded = []
    for name, type_ in OWN_TYPES.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not name.endswith(("Connection", "Payload")):
            for key, field in type_.fields.items():
                place = f"{name}.{key}"
                listed = is_list_type(get_nullable_type(field.type))
                # What became of each row of a batch is as long as the batch.
                if (
                    listed
                    and place not in links | set(BOUNDED)
                    and not name.endswith("Result")
                    and key != "externalRefs"
                ):
                    unbounded.append(place)
    assert unbounded == []


def test_what_may_be_refused_at_the_root_is_null_then_and_leaves_the_rest() -> None:
    assert SCHEMA.query_type is not None
    needed = {name for name, field in SCHEMA.query_type.fields.items() if isinstance(field.type, GraphQLNonNull)}
    assert needed == {"viewer"}


def test_every_permission_is_one_that_somebody_has() -> None:
    known = frozenset().union(*PERMISSIONS.values())
    asked = {type_.read for type_ in build()[1].types.values()} - {None}
    assert asked <= known


def _least(type_: Any) -> Any:
    """The smallest value that an input type takes."""
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        return []
    if isinstance(type_, GraphQLInputObjectType):
        return {key: _least(field.type) for key, field in type_.fields.items() if is_required_input_field(field)}
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    by_name = {
        "Int": 1,
        "Float": 1.0,
        "Boolean": True,
        "DateTime": "2026-01-01T00:00:00Z",
        "Date": "2026-01-01",
        "JSON": {},
    }
    return by_name.get(get_named_type(type_).name, "1")


async def test_every_mutation_asks_for_a_permission(company: Company) -> None:
    """An auditor, who may read everything, may do nothing."""
    assert SCHEMA.mutation_type is not None
    await company.token(Role.AUDITOR.value.lower())
    events = await company.event_count()
    answered = {}
    for name, field in SCHEMA.mutation_type.fields.items():
        input_ = field.args["input"].type
        assert isinstance(input_, GraphQLNonNull)
        query = f"mutation M($input: {input_}) {{ {name}(input: $input) {{ errors {{ code }} }} }}"
        answer = await company.ask(query, {"input": _least(input_)}, who=Role.AUDITOR.value.lower())
        answered[name] = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert answered == {name: ["FORBIDDEN"] for name in SCHEMA.mutation_type.fields}
    assert await company.event_count() == events


def test_the_printed_schema_is_up_to_date() -> None:
    assert (ROOT / "schema.graphql").read_text() == printed(), "run make schema"


def _columns() -> Iterator[tuple[str, str, Column[Any]]]:
    """The fields of inputs that a new record, or a row of one of its lists, is written by: input, field and column."""
    roots = build()[1]
    for name, writer in roots.writers.items():
        for field, item in writer.input.fields.items():
            if isinstance(item, ColumnField | OneField) and field not in writer.input.defaulted:
                yield f"Create{name}Input", field, item.column
            if isinstance(item, ManyField) and item.far is None:
                for inner, part in item.target.fields.items():
                    if isinstance(part, ColumnField | OneField):
                        yield f"{item.target.name}Input", inner, part.column


def test_inputs_say_what_has_to_be_given() -> None:
    said = {
        (name, field): is_required_input_field(SCHEMA.type_map[name].fields[field]) for name, field, _ in _columns()
    }
    asked = {(name, field): not column.nullable and column.default is None for name, field, column in _columns()}
    assert said == asked
    assert said["CharacteristicInput", "unit"]
    assert not said["CharacteristicInput", "critical"]


def test_who_names_one_record_does_so_in_one_way() -> None:
    text = build_schema(printed())
    inputs = [name for name, type_ in OWN_TYPES.items() if isinstance(type_, GraphQLInputObjectType)]
    keys = {name for name in inputs if name.endswith("By")}
    assert keys == {f"{type_.name}By" for type_ in build()[1].types.values() if type_.is_node}
    for schema in (SCHEMA, text):
        assert {name for name, type_ in schema.type_map.items() if getattr(type_, "is_one_of", False)} == keys | {
            "TransitionChanges"
        }


def test_a_direction_is_described_with_an_example_where_links_can_be_sorted_by() -> None:
    orders = {name: type_ for name, type_ in OWN_TYPES.items() if name.endswith("Order")}
    assert len(orders) > 10
    for type_ in orders.values():
        assert isinstance(type_, GraphQLInputObjectType)
        linked = {key for key, field in type_.fields.items() if isinstance(field.type, GraphQLInputObjectType)}
        examples = re.findall("`(.*)`", type_.fields["direction"].description or "")
        assert len(examples) == bool(linked)
        for example in examples:
            literal, wrong = parse_value(example), list[str]()
            validate_input_literal(literal, type_, lambda error, _path, wrong=wrong: wrong.append(error.message))
            assert wrong == []
            assert isinstance(literal, ObjectValueNode)
            assert {field.name.value for field in literal.fields} <= linked


def test_record_types_are_the_declared_nodes() -> None:
    declared = {type_.record_type for type_ in build()[1].types.values() if type_.is_node}
    assert {kind.value for kind in RecordType} == declared


def _operations(path: Path, names: set[str] | None) -> DocumentNode:
    document = parse(path.read_text())
    kept = [
        node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
        or (isinstance(node, OperationDefinitionNode) and (names is None or (node.name and node.name.value in names)))
    ]
    assert names is None or len(kept) >= len(names)
    return DocumentNode(definitions=tuple(kept))


@pytest.mark.parametrize(("file", "names"), [("crm_connector.graphql", None), ("live.graphql", {"Live"})])
def test_the_agreed_operations_fit_the_schema(shared: Path, file: str, names: set[str] | None) -> None:
    path = shared / "design" / "operations" / file
    if not path.is_file():
        pytest.skip("the agreed operations are not here")
    assert validate(SCHEMA, _operations(path, names)) == []
