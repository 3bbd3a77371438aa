"""The three pages that are read: as GraphQL, and as the one statement that somebody would write by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.dataset import Scale


def global_id(table: str, column: str) -> str:
    """SQL for the id as the API shows it."""
    return f"'{table}_' || replace({column}::text, '-', '')"


def moment(column: str) -> str:
    """SQL for a moment as the API shows it."""
    return f"replace(timezone('UTC', {column})::text, ' ', 'T') || 'Z'"


@dataclass(frozen=True)
class Workload:
    """One page. ``variables`` makes those of the n-th request, ``arguments`` takes from them the statement's ids."""

    name: str
    query: str
    sql: str
    variables: Callable[[int, Scale], dict[str, Any]]
    arguments: Callable[[dict[str, Any]], list[Any]]


INBOX = Workload(
    name="inbox",
    query="""query Inbox($first: Int!) {
  feedbacks(first: $first, orderBy: [{ field: RECEIVED_AT, direction: DESC }]) {
    nodes { id number status source text receivedAt customer { id name segment } product { id name sku } }
  }
}""",
    sql=f"""SELECT json_build_object('feedbacks', json_build_object('nodes', json_agg(row_to_json(page))))::text FROM (
  SELECT {global_id("feedback", "f.id")} AS id, f.number, f.status, f.source, f.text,
    {moment("f.received_at")} AS "receivedAt",
    json_build_object('id', {global_id("customer", "c.id")}, 'name', c.name, 'segment', c.segment) AS customer,
    json_build_object('id', {global_id("product", "p.id")}, 'name', p.name, 'sku', p.sku) AS product
  FROM feedback f
  JOIN customer c ON c.organization_id = f.organization_id AND c.id = f.customer_id
  JOIN product p ON p.organization_id = f.organization_id AND p.id = f.product_id
  WHERE f.organization_id = $1 ORDER BY f.received_at DESC, f.id DESC LIMIT 50) page""",
    variables=lambda number, scale: {"first": 50},
    arguments=lambda variables: [],
)

CUSTOMER = Workload(
    name="360°",
    query="""query Customer360($id: ID!, $feedback: Int!, $risks: Int!, $actions: Int!) {
  customer(by: { id: $id }) {
    id name kind segment country email
    feedback(first: $feedback, orderBy: [{ field: OCCURRED_AT, direction: DESC }]) {
      nodes {
        id number status text occurredAt
        product { id name risks(first: $risks) { nodes { id number title status } } }
      }
    }
    actions(first: $actions) { nodes { id number title status dueAt } }
  }
}""",
    sql=f"""SELECT json_build_object('customer', json_build_object(
  'id', {global_id("customer", "c.id")}, 'name', c.name, 'kind', c.kind, 'segment', c.segment,
  'country', c.country, 'email', c.email,
  'feedback', (SELECT json_build_object('nodes', coalesce(json_agg(row_to_json(page)), '[]')) FROM (
    SELECT {global_id("feedback", "f.id")} AS id, f.number, f.status, f.text, {moment("f.occurred_at")} AS "occurredAt",
      (SELECT json_build_object('id', {global_id("product", "p.id")}, 'name', p.name,
        'risks', (SELECT json_build_object('nodes', coalesce(json_agg(row_to_json(risks)), '[]')) FROM (
          SELECT {global_id("risk", "r.id")} AS id, r.number, r.title, r.status FROM risk r
          WHERE r.organization_id = $1 AND r.product_id = p.id ORDER BY r.id LIMIT 5) risks))
       FROM product p WHERE p.organization_id = $1 AND p.id = f.product_id) AS product
    FROM feedback f WHERE f.organization_id = $1 AND f.customer_id = c.id
    ORDER BY f.occurred_at DESC, f.id DESC LIMIT 20) page),
  'actions', (SELECT json_build_object('nodes', coalesce(json_agg(row_to_json(page)), '[]')) FROM (
    SELECT {global_id("action", "a.id")} AS id, a.number, a.title, a.status, {moment("a.due_at")} AS "dueAt"
    FROM action a WHERE a.organization_id = $1 AND a.customer_id = c.id ORDER BY a.id LIMIT 10) page)))::text
FROM customer c WHERE c.organization_id = $1 AND c.id = $2""",
    variables=lambda number, scale: {
        "id": f"customer_{_customer(number, scale)}",
        "feedback": 20,
        "risks": 5,
        "actions": 10,
    },
    arguments=lambda variables: [variables["id"].removeprefix("customer_")],
)

WIDE = Workload(
    name="wide",
    query="""query Wide($customers: Int!, $feedback: Int!, $actions: Int!) {
  customers(first: $customers) {
    nodes {
      id name segment
      feedback(first: $feedback) {
        nodes { id number status occurredAt actions(first: $actions) { id number title status } }
      }
    }
  }
}""",
    sql=f"""SELECT json_build_object('customers', json_build_object('nodes', json_agg(row_to_json(page))))::text FROM (
  SELECT {global_id("customer", "c.id")} AS id, c.name, c.segment,
    (SELECT json_build_object('nodes', coalesce(json_agg(row_to_json(said)), '[]')) FROM (
      SELECT {global_id("feedback", "f.id")} AS id, f.number, f.status, {moment("f.occurred_at")} AS "occurredAt",
        (SELECT coalesce(json_agg(row_to_json(done)), '[]') FROM (
          SELECT {global_id("action", "a.id")} AS id, a.number, a.title, a.status FROM action a
          WHERE a.organization_id = $1 AND a.feedback_id = f.id ORDER BY a.id LIMIT 5) done) AS actions
      FROM feedback f WHERE f.organization_id = $1 AND f.customer_id = c.id ORDER BY f.id LIMIT 10) said) AS feedback
  FROM customer c WHERE c.organization_id = $1 ORDER BY c.id LIMIT 50) page""",
    variables=lambda number, scale: {"customers": 50, "feedback": 10, "actions": 5},
    arguments=lambda variables: [],
)

WORKLOADS = (INBOX, CUSTOMER, WIDE)


def _customer(number: int, scale: Scale) -> str:
    """The id, in hexadecimal, of the customer whom the n-th request is about."""
    chosen = number * 7919 % scale.customers + 1
    return f"01980000000070008000{chosen:012x}"
