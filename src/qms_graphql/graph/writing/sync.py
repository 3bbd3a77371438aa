"""Bulk intake mutations: ``syncX(input)`` for records that external systems own."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLResolveInfo

from qms_graphql.base.batch import BatchRejected, ErrorPolicy, Kind, Taken
from qms_graphql.base.columns import Record
from qms_graphql.base.drafts import Outcome
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.idempotency import once
from qms_graphql.base.intake import take_in
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.graph.context import ref
from qms_graphql.graph.declare import Syncs, TypeDeclaration
from qms_graphql.graph.scalars import ExternalVersion
from qms_graphql.graph.types import ExternalKey, UserError, VersionedKey, describe_enum, input_type, output_type
from qms_graphql.graph.writing.inputs import WriteInput, read_item
from qms_graphql.graph.writing.mutations import payload_class, run

MOST_ITEMS = 1000

describe_enum(Outcome)
describe_enum(ErrorPolicy)


@strawberry.type(description="The key of a synchronised row, as it was sent.")
class SyncedRef:
    """The key of a synchronised row, as it was sent."""

    system: str = strawberry.field(description="The external system's name.")
    external_id: str = strawberry.field(description="The key there.")
    version: ExternalVersion | None = strawberry.field(description="The version that was sent.")


class Sync:
    """One ``syncXs`` mutation."""

    def __init__(self, declared: TypeDeclaration, noted: Syncs) -> None:
        self.declared = declared
        self.noted = noted
        self.input = WriteInput(declared, noted.fields, noted.defaulted, keyed=True)
        self.title = noted.name[0].upper() + noted.name[1:]
        self.entity = declared.singular
        assert issubclass(declared.model, Record)  # noqa: S101
        self.kind = Kind(declared.model, noted.command, noted.tombstone, self.input.spelling())

    def input_class(self) -> type:
        """``SyncXsInput``."""
        fields = {
            "ref": (VersionedKey, "Its key there, and the version of what is sent."),
            "deleted": (bool | None, "It was deleted there: our record becomes inactive, never lost."),
            "mergedInto": (ExternalKey | None, "It was merged into this one there."),  # type: ignore[operator]
        } | self.input.graphql_fields(all_optional=True)
        item = input_type(
            f"{self.title}Item",
            f"One {self.declared.name} as the external system has it. A field left out is kept, null clears it.",
            fields,
            graphql_names={name: name for name in fields},
        )
        return input_type(
            f"{self.title}Input",
            f"A batch of at most {MOST_ITEMS} rows.",
            {
                "items": (list[item], "The rows; they may refer to each other in any order."),  # type: ignore[valid-type]
                "idempotency_key": (str | None, "Repeating a request with the same key has one effect; kept 7 days."),
                "error_policy": (ErrorPolicy, "What becomes of the batch when rows are refused."),
                "backfill": (bool, "True marks history: no notifications, no clocks, no signals."),
            },
            defaults={"error_policy": ErrorPolicy.REJECT_FAILED_ROWS, "backfill": False},
        )

    def payload_class(self) -> type:
        """``SyncXsPayload``."""
        result = output_type(
            type(f"{self.title}Result", (), {}),
            "What became of one row.",
            {
                "index": (int, strawberry.field(description="The row's place in the batch, from 0.")),
                "ref": (SyncedRef, strawberry.field(description="Its key, as it was sent.")),
                "outcome": (Outcome, strawberry.field(description="What became of it.")),
                self.entity: (self.declared.cls | None, strawberry.field(description="Our record.", name=self.entity)),
                "errors": (list[UserError], strawberry.field(description="Why it was refused.")),
            },
        )
        self.result = result
        counts = {
            name: (int, strawberry.field(description=f"How many rows were {name}."))
            for name in ("created", "updated", "unchanged", "stale", "deleted", "merged", "rejected")
        }
        return output_type(
            type(f"{self.title}Payload", (), {}),
            "What became of the batch.",
            counts
            | {
                "cursor": (
                    str | None,
                    strawberry.field(description="The change feed's position after this write.", default=None),
                ),
                "results": (list[result], strawberry.field(description="What became of each row, in the order sent.")),  # type: ignore[valid-type]
                "errors": (list[UserError], strawberry.field(description="Why the batch as such was refused.")),
            },
        )

    async def resolve(self, _root: object, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """Answer the mutation."""
        values = given["input"]

        async def command(unit: UnitOfWork) -> Any:
            if len(values["items"]) > MOST_ITEMS:
                raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_ITEMS} rows in a batch.", ("items",))

            key: str | None = values.get("idempotencyKey")
            taken: list[Taken] = []

            async def effect() -> Any:
                items = [read_item(self.input, index, item) for index, item in enumerate(values["items"])]
                taken.extend(await take_in(unit, self.kind, items, values["errorPolicy"], backfill=values["backfill"]))
                return None if key is None else [_remember(result) for result in taken]

            kept = await once(unit, self.noted.name, key, values, effect)
            recalled = [_recall(index, item, values["items"][index]) for index, item in enumerate(kept or ())]
            return self._payload(info, taken or recalled)

        try:
            return await run(info, "sync:write", command, lambda errors: self._payload(info, [], errors))
        except BatchRejected as rejected:
            results = rejected.results

            async def refused(_unit: UnitOfWork) -> Any:
                return self._payload(info, results)

            return await run(info, "sync:write", refused, lambda errors: self._payload(info, [], errors))

    def _payload(self, info: GraphQLResolveInfo[Any], taken: list[Taken], errors: list[UserError] | None = None) -> Any:
        counts = dict.fromkeys(("created", "updated", "unchanged", "stale", "deleted", "merged", "rejected"), 0)
        for result in taken:
            counts[result.outcome.value.lower()] += 1
        results = [
            self.result(
                index=item.index,
                ref=_shown_ref(item),
                outcome=item.outcome,
                errors=[UserError.of(refusal) for refusal in item.refusals],
                **{self.entity: ref(self.declared.name, item.record_id) if item.record_id else None},
            )
            for item in taken
        ]
        return payload_class(info)(**counts, cursor=None, results=results, errors=errors or [])


def _shown_ref(taken: Taken) -> SyncedRef:
    version = None if taken.version is None else ExternalVersion(taken.version)
    return SyncedRef(system=taken.key[0], external_id=taken.key[1], version=version)


def _remember(taken: Taken) -> list[Any]:
    """An outcome as kept with an idempotency key: not JSON of the answer, because a replay may select otherwise."""
    refusals = [[refusal.code.value, refusal.message, list(refusal.field)] for refusal in taken.refusals]
    return [taken.outcome.value, taken.record_id.hex if taken.record_id else None, refusals]


def _recall(index: int, kept: list[Any], given: Mapping[str, Any]) -> Taken:
    outcome, record_id, refusals = kept
    key = given["ref"]
    return Taken(
        index,
        (key["system"], key["externalId"]),
        key.get("version"),
        Outcome(outcome),
        UUID(hex=record_id) if record_id else None,
        [Refusal(ErrorCode(code), message, path) for code, message, path in refusals],
    )
