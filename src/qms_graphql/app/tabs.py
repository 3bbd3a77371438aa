"""The example operations that stand ready in GraphiQL's tabs. Their variables fit the demonstration company."""

from qms_graphql.app.graphiql import Tab

INBOX = Tab(
    "The inbox: what nobody has judged yet, newest first",
    """query Inbox($first: Int = 20, $after: String) {
  feedbacks(
    first: $first
    after: $after
    where: { status: { eq: RECEIVED }, active: { eq: true } }
    orderBy: [{ field: OCCURRED_AT, direction: DESC }]
  ) {
    totalCount
    nodes {
      number
      source
      occurredAt
      text
      language
      answers { question { key metric } number text }
      customer { name segment country }
      product { sku name }
    }
    pageInfo { hasNextPage endCursor }
  }
}
""",
    {"first": 20, "after": None},
)

CUSTOMER = Tab(
    "One customer from all sides, found by the key in the shop",
    """query Customer360($ref: ExternalKey!) {
  customer(by: { ref: $ref }) {
    name
    kind
    segment
    country
    externalRefs { system externalId }
    children(first: 5) { nodes { name email relations { role to { name } } } }
    interactions(first: 10, orderBy: [{ field: OCCURRED_AT, direction: DESC }]) {
      totalCount
      nodes { kind occurredAt product { name } quantity amount currency lot serial contact { name } }
    }
    feedback(first: 10, orderBy: [{ field: OCCURRED_AT, direction: DESC }]) {
      totalCount
      nodes {
        number
        status
        source
        occurredAt
        text
        themes { name }
        answers { question { metric } number }
        interaction { kind lot }
        actions { number title status }
      }
    }
    actions(first: 10, orderBy: [{ field: DUE_AT, direction: ASC }]) {
      totalCount
      nodes { number title kind status dueAt overdue owner { name } }
    }
  }
}
""",
    {"ref": {"system": "shop", "externalId": "A0001"}},
)

METRIC = Tab(
    "How satisfied customers are, month by month",
    """query Metric($window: Window!, $scope: MetricScope) {
  satisfaction: metric(code: CSAT) {
    name
    value(window: $window, scope: $scope) { value low high n rule }
    series(grain: MONTH, window: $window, scope: $scope) { periodStart value low high n }
  }
  recommendation: metric(code: NPS) {
    name
    value(window: $window, scope: $scope, counting: LATEST_PER_CUSTOMER) { value low high n rule }
    series(grain: MONTH, window: $window, scope: $scope) { periodStart value low high n }
  }
}
""",
    {"window": {"from": "2025-01-01T00:00:00Z", "until": "2026-07-01T00:00:00Z"}, "scope": {}},
)

CHAIN = Tab(
    "From a customer's words to the measured effect of what was done",
    """query Chain($words: ExternalKey!) {
  feedback(by: { ref: $words }) {
    number
    status
    text
    customer { name }
    complaint {
      number
      status
      severity
      overdue
      response
      transitions { to allowed requiresReason unmet { message field } }
      nonconformity {
        number
        title
        status
        rootCauses { category statement parent { statement } }
        risks { number failureMode initial { actionPriority } current { actionPriority } }
        actions {
          number
          kind
          title
          status
          effectiveness { metric { code } before { value n } after { value n } low high pValue verdict }
        }
        eightD { step title done missing }
        history(first: 5) { nodes { at actorName toState reason signatureMeaning } }
      }
    }
  }
}
""",
    {"words": {"system": "shop", "externalId": "osprey-1"}},
)

LIVE = Tab(
    "What changes, as it happens: run it, then change something in another tab",
    """subscription Live($after: String, $types: [RecordType!]) {
  changes(after: $after, types: $types) {
    cursor
    at
    action
    type
    actorName
    changedFields
    record { id ... on Customer { name } ... on Feedback { number status text } }
  }
}
""",
    {"after": None, "types": None},
)

TABS = (INBOX, CUSTOMER, METRIC, CHAIN, LIVE)
