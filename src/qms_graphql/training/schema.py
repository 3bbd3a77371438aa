"""What the graph shows of training and competence."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from strawberry import auto

from qms_graphql.base.access import Role
from qms_graphql.documents.model import Revision as RevisionRow
from qms_graphql.documents.rules import RevisionStatus
from qms_graphql.graph.declare import node, one, sql_field, writes
from qms_graphql.graph.record import Record
from qms_graphql.graph.types import Node
from qms_graphql.training import commands, competences, courses, model
from qms_graphql.training import placing as placing
from qms_graphql.training.facts import counts
from qms_graphql.training.rules import OPEN, WRITE, TrainingStatus

READ, POLICY = "training:read", "training:policy"


@node(model.TrainingPlan, read=READ, plural="trainingPlans")
class TrainingPlan(Node):
    """What training on a document asks for, beyond the policy of its kind. It holds for what is assigned later."""

    document: "Document | None" = one(
        model.TrainingPlan.document_id,
        back="training_plan",
        back_one=True,
        back_doc="What training on it asks for, beyond the policy of its kind.",
    )
    assessed: auto
    pass_mark: auto
    validity_months: auto
    roles: list[Role]
    version: auto
    created_at: auto
    updated_at: auto


@node(model.TrainingRecord, read=READ, plural="trainingRecords", numbered=True)
class TrainingRecord(Record):
    """That a person is to be trained in a revision, and what came of it.

    Seen by the person, the head of the department, and who sees all.
    """

    number: auto
    status: auto
    user: "User | None" = one(
        model.TrainingRecord.user_id,
        back="training",
        back_list=True,
        back_doc="What the person is or was to be trained in; seen by the person, the head of the department, and who "
        "sees all.",
    )
    revision: "Revision | None" = one(
        model.TrainingRecord.revision_id,
        back="training",
        back_list=True,
        back_doc="Who is or was to be trained in it, as far as the viewer sees it.",
    )
    due_at: auto

    @sql_field
    def overdue(record: Any, now: datetime) -> bool:
        """Whether it should have been done by now, and is not."""
        late: Any = and_(record.due_at < now, commands.is_one_of(OPEN, record))
        return late

    assessed: auto
    pass_mark: auto
    validity_months: auto
    acknowledged_at: auto
    completed_at: auto
    score: auto

    @sql_field
    def passed(record: Any) -> bool:
        """Whether it was passed, whatever has become of it since."""
        found: Any = record.status == TrainingStatus.PASSED
        return found

    effectiveness: auto
    expires_at: auto

    @sql_field
    def expired(record: Any, now: datetime) -> bool:
        """Whether it was passed and does not count any more."""
        ended: Any = and_(
            record.status == TrainingStatus.PASSED, record.expires_at.is_not(None), record.expires_at <= now
        )
        return ended

    @sql_field
    def current(record: Any, now: datetime) -> bool:
        """Whether the person is trained in what is effective: passed and not expired, or waived."""
        held = RevisionRow.__table__.alias()
        own = held.c.organization_id == record.organization_id, held.c.id == record.revision_id
        effective = select(held.c.id).where(*own, held.c.status == RevisionStatus.EFFECTIVE)
        found: Any = and_(counts(record, now), effective.correlate_except(held).exists())
        return found

    ended_at: auto
    assessor: "User | None" = one(
        model.TrainingRecord.assessor_id, back="assessed_training", back_doc="The trainings the person assessed."
    )
    version: auto
    created_at: auto
    updated_at: auto


@node(model.Competence, read=READ, plural="competences")
class Competence(Node):
    """What a person is able to do in an area. Seen by the person, the head of the department, and who sees all."""

    user: "User | None" = one(
        model.Competence.user_id, back="competences", back_list=True, back_doc="What the person is able to do."
    )
    area: auto
    level: auto
    evidence: auto
    assessed_at: auto
    assessor: "User | None" = one(model.Competence.assessor_id)
    version: auto
    created_at: auto
    updated_at: auto


@node(model.RequiredCompetence, read=READ, plural="requiredCompetences")
class RequiredCompetence(Node):
    """The level that people need in an area. Where several hold for a person, the highest counts."""

    area: auto
    level: auto
    role: auto
    department: "Department | None" = one(
        model.RequiredCompetence.department_id,
        back="required_competences",
        back_doc="What is asked of the people of this department in particular.",
    )
    active: auto
    version: auto
    created_at: auto
    updated_at: auto


plan_writes = writes(
    TrainingPlan,
    courses.save_plans,
    permission=POLICY,
    fields="document assessed passMark validityMonths roles",
)
record_writes = writes(
    TrainingRecord,
    commands.save_records,
    permission=WRITE,
    fields="user revision dueAt completedAt score assessor effectiveness",
    defaulted="dueAt",
)
competence_writes = writes(
    Competence, competences.save_competences, permission=WRITE, fields="user area level evidence"
)
required_writes = writes(
    RequiredCompetence,
    competences.save_required_competences,
    permission=POLICY,
    fields="area level role department active",
)
