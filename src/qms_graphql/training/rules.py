"""Vocabulary and rules of training and competence."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from qms_graphql.base.access import Role


class CompetenceArea(Enum):
    """What a person is able to do (ISO 9001, 7.2).

    TECHNICAL: To do the work itself.
    CUSTOMER_SERVICE: To serve customers.
    PROBLEM_SOLVING: To find causes and remove them.
    COMMUNICATION: To make oneself understood, and to listen.
    """

    TECHNICAL = "TECHNICAL"
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE"
    PROBLEM_SOLVING = "PROBLEM_SOLVING"
    COMMUNICATION = "COMMUNICATION"


LOWEST_LEVEL, HIGHEST_LEVEL = 0, 4
LEVELS = "0 none, 1 learns, 2 works with guidance, 3 works alone, 4 teaches others"


@dataclass(frozen=True, slots=True)
class Person:
    """A person, as far as it matters for who is to be trained and what they shall be able to do."""

    id: UUID
    department: UUID | None
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Requirement:
    """The level that people of a role and a department need in an area; None stands for all."""

    area: CompetenceArea
    level: int
    role: Role | None
    department: UUID | None

    def meets(self, person: Person) -> bool:
        """Whether it is about this person."""
        return (self.role is None or self.role in person.roles) and self.department in (None, person.department)


def required_level(person: Person, area: CompetenceArea, required: Iterable[Requirement]) -> int | None:
    """The highest level that anything asks of a person in an area; None if nothing does."""
    return max((one.level for one in required if one.area is area and one.meets(person)), default=None)


def gap(level: int | None, required: int | None) -> int | None:
    """How many levels are lacking, at least 0; None if nothing is required. Who was never judged is at level 0."""
    return None if required is None else max(0, required - (level or LOWEST_LEVEL))


def concerned(people: Iterable[Person], roles: Collection[Role], departments: Collection[UUID | None]) -> list[UUID]:
    """Who has one of the roles or belongs to one of the departments."""
    return [one.id for one in people if one.roles & set(roles) or (one.department and one.department in departments)]
