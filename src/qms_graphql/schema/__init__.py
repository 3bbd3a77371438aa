"""The whole graph: imports each room's schema, and builds the strawberry schema once."""

from functools import cache

import strawberry
from graphql import GraphQLInputObjectType, build_schema, lexicographic_sort_schema, print_schema
from sqlalchemy import MetaData

from qms_graphql.actions import schema as actions
from qms_graphql.base.columns import Base
from qms_graphql.communication import asked, departments, digest, live, notices, overtaken
from qms_graphql.communication import schema as communication
from qms_graphql.complaints import requests
from qms_graphql.complaints import schema as complaints
from qms_graphql.customers import schema as customers
from qms_graphql.documents import policies
from qms_graphql.documents import schema as documents
from qms_graphql.documents import signing as document_signing
from qms_graphql.effectiveness import schema as effectiveness
from qms_graphql.events import references, timed
from qms_graphql.events import schema as events
from qms_graphql.feedback import ideas
from qms_graphql.feedback import schema as feedback
from qms_graphql.files import schema as files
from qms_graphql.graph.building.price_directives import priced
from qms_graphql.graph.building.roots import Roots, core
from qms_graphql.metrics import departments as department_metrics
from qms_graphql.metrics import predictions, themes
from qms_graphql.metrics import schema as metrics
from qms_graphql.nonconformities import schema as nonconformities
from qms_graphql.nonconformities import views
from qms_graphql.people import schema as people
from qms_graphql.people import signing
from qms_graphql.privacy import schema as privacy
from qms_graphql.products import schema as products
from qms_graphql.reports import schema as reports
from qms_graphql.reviews import coverage
from qms_graphql.reviews import requests as review_requests
from qms_graphql.reviews import schema as reviews
from qms_graphql.reviews import views as review_views
from qms_graphql.risks import schema as risks
from qms_graphql.standards import editions
from qms_graphql.standards import schema as standards
from qms_graphql.training import assigning, matrix, waiving
from qms_graphql.training import schema as training

ROOMS = (
    people,
    signing,
    products,
    customers,
    feedback,
    ideas,
    complaints,
    requests,
    standards,
    editions,
    risks,
    actions,
    nonconformities,
    views,
    documents,
    document_signing,
    policies,
    training,
    assigning,
    waiving,
    matrix,
    metrics,
    department_metrics,
    themes,
    predictions,
    effectiveness,
    reviews,
    coverage,
    review_requests,
    review_views,
    files,
    communication,
    asked,
    departments,
    digest,
    live,
    notices,
    overtaken,
    privacy,
    reports,
    events,
    references,
    timed,
)


@cache
def build() -> tuple[strawberry.Schema, Roots]:
    """The schema and its root fields."""
    roots = Roots(ROOMS, references.EXTERNAL_REF)
    return roots.schema(), roots


def printed() -> str:
    """The schema's definition, sorted: the text of ``schema.graphql``."""
    schema, _ = build()
    # Sorted by way of its text: strawberry's enumerations do not survive sorting, their defaults get lost.
    by_name = print_schema(lexicographic_sort_schema(build_schema(print_schema(core(schema)))))
    # graphql-core prints the inputs of which exactly one field is to be given without their directive.
    for name, type_ in core(schema).type_map.items():
        if isinstance(type_, GraphQLInputObjectType) and type_.is_one_of:
            by_name = by_name.replace(f"\ninput {name} {{\n", f"\ninput {name} @oneOf {{\n")
    return priced(by_name, core(schema)) + "\n"


def tables() -> MetaData:
    """The tables of all rooms."""
    return Base.metadata
