"""Somebody comes while a revision is being approved: they are waited for, or wait, and are trained in it."""

import asyncio
from typing import Any

from qms_graphql.base.access import ActorKind, Role, Viewer, permissions_of
from qms_graphql.base.ids import from_global
from qms_graphql.base.transitions import Intent, Signature, move
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.documents.model import Revision
from tests.base.work import work
from tests.conftest import Company
from tests.documents.paper import APPROVER, document, revision
from tests.journeys.hidden import done
from tests.records import id_of, moved, version_of
from tests.training.staff import hired, trained

HIRE = "mutation ($input: CreateUserInput!) { createUser(input: $input) { errors { code field } } }"


async def test_who_comes_while_a_revision_is_approved_is_trained_in_it(company: Company) -> None:
    staff = await hired(company)
    id_ = await revision(company, await document(company, department=staff.moulding), "A")
    await moved(company, id_, "IN_REVIEW")
    manager = from_global(await id_of(company, APPROVER))[1]
    signature = Signature(manager, APPROVER)
    intent = Intent("APPROVED", await version_of(company, id_), signature=signature)
    roles = frozenset({Role.QUALITY_MANAGER})
    viewer = Viewer(company.id, ActorKind.USER, manager, APPROVER, roles, permissions_of(roles))
    coming: list[asyncio.Task[Any]] = []

    async def approve(unit: UnitOfWork) -> None:
        await move(unit, Revision, from_global(id_)[1], intent)
        if not coming:
            works = {"roles": ["EMPLOYEE"], "department": staff.moulding}
            coming.append(asyncio.create_task(done(company, HIRE, name="Bo", **works)))
            # Who comes has the time to overlook what is not committed yet, and must not use it.
            await asyncio.wait(coming, timeout=1)

    await work(company, approve, viewer)
    await coming[0]
    assert await trained(company, id_) == [(name, "ASSIGNED") for name in ("Ann", "Bo", "Ed", "Mo")]
