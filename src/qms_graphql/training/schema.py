"""What the graph shows of training and competence."""

from strawberry import auto

from qms_graphql.graph.declare import node, one, writes
from qms_graphql.graph.types import Node
from qms_graphql.training import competences, model


@node(model.Competence, read="training:read", plural="competences")
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


@node(model.RequiredCompetence, read="training:read", plural="requiredCompetences")
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


competence_writes = writes(
    Competence, competences.save_competences, permission="training:write", fields="user area level evidence"
)
required_writes = writes(
    RequiredCompetence,
    competences.save_required_competences,
    permission="training:policy",
    fields="area level role department active",
)
