"""The mutations about whole editions of a standard: taking in their clauses, and mapping one edition to another."""

from collections.abc import Mapping
from typing import Any

import strawberry

from qms_graphql.base.drafts import Draft, Outcome
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import mutation
from qms_graphql.graph.types import UserError, describe_enum
from qms_graphql.graph.writing.inputs import LinkUse, own_key
from qms_graphql.graph.writing.mutations import resolve_ids
from qms_graphql.standards import importing, mapping
from qms_graphql.standards.clause_list import ClauseRow
from qms_graphql.standards.importing import MOST_CLAUSES, Imported
from qms_graphql.standards.mapping import MOST_MAPPINGS
from qms_graphql.standards.rules import MappingKind, StandardStatus
from qms_graphql.standards.schema import Requirement, Standard

describe_enum(MappingKind)
describe_enum(StandardStatus)


@strawberry.input(description="A standard by its framework and edition; what else is given is set.")
class EditionInput:
    """A standard by its framework and edition; what else is given is set."""

    framework: str = strawberry.field(description="The standard without its edition, for example ISO 9001.")
    edition: str = strawberry.field(description="Which edition, for example 2015.")
    body: str | None = strawberry.field(
        description="Who publishes it, for example ISO; null leaves it.", default=strawberry.UNSET
    )
    title: str | None = strawberry.field(description="Its full title; null leaves it.", default=strawberry.UNSET)
    status: StandardStatus | None = strawberry.field(
        description="Whether the edition is in force; null leaves it.", default=strawberry.UNSET
    )


@strawberry.input(description="One clause of a list.")
class ClauseInput:
    """One clause of a list."""

    clause: str = strawberry.field(description="Its number, for example 8.2.1.")
    title: str = strawberry.field(description="What it is about, in a few words of our own.")
    parent: str | None = strawberry.field(
        description="The number of the clause it stands under; left out, the nearest by its own number.",
        default=strawberry.UNSET,
    )
    statement: str | None = strawberry.field(
        description="What must be met, in own words; left out, it stays as it is.", default=strawberry.UNSET
    )


@strawberry.input(description="The list of the clauses of a standard.")
class ImportClausesInput:
    """The list of the clauses of a standard."""

    standard: EditionInput = strawberry.field(description="The standard; it is made if it is new.")
    clauses: list[ClauseInput] = strawberry.field(description=f"The clauses, at most {MOST_CLAUSES}, in any order.")
    dry_run: bool = strawberry.field(description="True writes nothing and tells what would be.", default=False)


@strawberry.type(description="What became of one clause of a list.")
class ImportClauseResult:
    """What became of one clause of a list."""

    line: int = strawberry.field(description="Its place in the list, from 1.")
    clause: str = strawberry.field(description="Its number, without space around it.")
    outcome: Outcome = strawberry.field(description="CREATED, UPDATED, UNCHANGED or REJECTED.")
    requirement: Requirement | None = strawberry.field(description="The requirement, if there is one.")
    errors: list[UserError] = strawberry.field(description="Why it was refused; fields are those of the clause.")


@strawberry.type(description="What became of a list of clauses.")
class ImportClausesPayload:
    """What became of a list of clauses."""

    standard: Standard | None = strawberry.field(description="The standard, if there is one.", default=None)
    created: int = strawberry.field(description="How many clauses were created.", default=0)
    updated: int = strawberry.field(description="How many clauses were updated.", default=0)
    unchanged: int = strawberry.field(description="How many clauses were unchanged.", default=0)
    rejected: int = strawberry.field(description="How many clauses were rejected and set aside.", default=0)
    results: list[ImportClauseResult] = strawberry.field(
        description="What became of each clause, in the order sent.", default_factory=list
    )
    errors: list[UserError] = strawberry.field(description="Why the list as such was refused.", default_factory=list)


@mutation(permission="standards:write", input=ImportClausesInput)
async def import_clauses(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> ImportClausesPayload:
    """Take in the list of a standard's clauses. Needs standards:write.

    New clauses become requirements in DRAFT, others get the title of the list, none is deleted. Clauses that cannot
    stand are set aside with the reasons. The same list again changes nothing.
    """
    rows = [ClauseRow.of(line, clause) for line, clause in enumerate(given["clauses"], 1)]
    return _told(await importing.import_clauses(unit, given["standard"], rows, dry_run=given["dryRun"]))


def _told(imported: Imported) -> ImportClausesPayload:
    results = [
        ImportClauseResult(
            line=row.line,
            clause=row.clause,
            outcome=importing.outcome_of(draft),
            requirement=ref("Requirement", draft.id) if _is_held(draft) else None,
            errors=[UserError.of(refusal) for refusal in draft.refusals],
        )
        for row, draft in imported.rows
    ]
    return ImportClausesPayload(
        standard=ref("Standard", imported.standard_id) if imported.standard_id is not None else None,
        created=imported.count(Outcome.CREATED),
        updated=imported.count(Outcome.UPDATED),
        unchanged=imported.count(Outcome.UNCHANGED),
        rejected=imported.count(Outcome.REJECTED),
        results=results,
    )


def _is_held(draft: Draft) -> bool:
    return draft.current is not None or "number" in draft.fields


@strawberry.input(description="What became of one clause.")
class RequirementMappingInput:
    """What became of one clause."""

    earlier: strawberry.ID | None = strawberry.field(
        description="The clause of the earlier edition; left out where it is NEW.", default=strawberry.UNSET
    )
    later: strawberry.ID | None = strawberry.field(
        description="The clause of the later edition; left out where it was REMOVED.", default=strawberry.UNSET
    )
    kind: MappingKind = strawberry.field(description="What became of it.")
    note: str | None = strawberry.field(description="What is different, in own words.", default=strawberry.UNSET)


@strawberry.input(description="What became of the clauses of earlier editions.")
class MapRequirementsInput:
    """What became of the clauses of earlier editions."""

    standard: strawberry.ID = strawberry.field(description="The later edition.")
    version: int | None = strawberry.field(
        description="The standard's version that it was made for; left out, any.", default=strawberry.UNSET
    )
    mappings: list[RequirementMappingInput] = strawberry.field(
        description=f"The mappings; a standard has at most {MOST_MAPPINGS}."
    )
    replaces: bool = strawberry.field(
        description="True takes away the mappings that are not named; else they stay.", default=False
    )


@strawberry.type(description="What came of mapRequirements.")
class MapRequirementsPayload:
    """What came of mapRequirements."""

    standard: Standard | None = strawberry.field(description="The later edition.", default=None)
    errors: list[UserError] = strawberry.field(description="Why it was refused.", default_factory=list)


@mutation(permission="standards:write", input=MapRequirementsInput)
async def map_requirements(context: Context, unit: UnitOfWork, given: Mapping[str, Any]) -> MapRequirementsPayload:
    """Say what became of the clauses of earlier editions in a later one. Needs standards:write.

    A pair that is mapped already gets the new kind and note. What satisfies the earlier clause is suggested for the
    later one, and never counted.
    """
    if len(given["mappings"]) > MOST_MAPPINGS:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_MAPPINGS} mappings.", ("mappings",))
    types = context.engine.by_table
    id_ = own_key(given["standard"], types["standard"], ("standard",))
    mappings, uses = list[dict[str, Any]](), list[LinkUse]()
    for index, item in enumerate(given["mappings"]):
        mapped = {"earlier_id": None, "later_id": None, "kind": item["kind"], "note": item.get("note")}
        mappings.append(mapped)
        uses += [
            (mapped, f"{end}_id", types["requirement"], item[end], ("mappings", str(index), end))
            for end in ("earlier", "later")
            if item.get(end) is not None
        ]
    draft = Draft(id_, {})
    await resolve_ids(unit, draft, uses)
    if draft.refused:
        raise Refusals(draft.refusals)
    try:
        await mapping.map_requirements(unit, id_, given.get("version"), mappings, replaces=given["replaces"])
    except Refusal as refusal:
        place = ("standard",) if refusal.code is ErrorCode.NOT_FOUND else refusal.field
        raise Refusal(refusal.code, refusal.message, place) from None
    return MapRequirementsPayload(standard=ref("Standard", id_))
