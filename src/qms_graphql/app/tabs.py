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

THREAD = Tab(
    "The golden thread: from a customer's words to the changed specification and its measured effect, in one request",
    """query GoldenThread($words: ExternalKey!) {
  feedback(by: { ref: $words }) {
    number
    status
    text
    occurredAt
    loopClosedAt
    customer { name segment }
    product { sku name }
    themes { name volume(grain: MONTH) { periodStart value } }
    requirements { number statement source coverage }
    complaint {
      number
      status
      severity
      overdue
      response
      accepted
      transitions { to allowed requiresReason unmet { message field } }
      nonconformity {
        number
        title
        status
        cost { amount currency }
        rootCauses { category statement parent { statement } }
        risks { number failureMode initial { actionPriority } current { rpn actionPriority } }
        eightD { step title done missing }
        actions {
          number
          kind
          title
          status
          owner { name department { name } }
          revisions {
            number
            label
            reason
            effectiveFrom
            document { number title kind }
            satisfies { number source statement }
            changes { name before { target lower upper unit } after { target lower upper unit } }
            training { user { name } completedAt passed }
            history(first: 20) { nodes { at actorName toState signatureMeaning } }
          }
          effectiveness { metric { code unit } before { value n } after { value n } difference low high pValue verdict }
          objective { number title target current { value low high n } onTrack }
        }
      }
    }
  }
}
""",
    {"words": {"system": "shop", "externalId": "osprey-1"}},
)

CLAUSES = Tab(
    "The auditor's matrix: each clause of a framework, what satisfies it, what was found",
    """query ClauseMatrix($framework: String!, $edition: String!) {
  standards(where: { framework: { eq: $framework }, edition: { eq: $edition } }) {
    nodes { title coverageSummary { met partly gap notAssessed notApplicable } }
  }
  requirements(
    first: 200
    where: { standard: { framework: { eq: $framework }, edition: { eq: $edition } } }
    orderBy: [{ field: CLAUSE }]
  ) {
    totalCount
    nodes {
      clause
      title
      coverage
      satisfiedBy { label effectiveFrom document { number title } }
      verifiedBy { kind statement review { number heldAt } nonconformity { number status } }
      actions(first: 5) { nodes { number title status effectiveness { verdict } } }
    }
  }
}
""",
    {"framework": "ISO 9001", "edition": "2015"},
)

DEPARTMENT = Tab(
    "A department as its head sees it: what is open, who can do what, what happened",
    """query Department($name: String!, $since: DateTime!) {
  departments(where: { name: { eq: $name } }) {
    nodes {
      name
      users(first: 20) { nodes { name title } }
      openActions { number title dueAt overdue owner { name } }
      trainingCurrency { value n }
      documents(first: 10) { nodes { number title effective { label effectiveFrom } } }
      nonconformities(first: 10) { nodes { number title status } }
      followed { __typename ... on Record { number } }
      digest(since: $since, first: 40) {
        nodes { at actorName action toState record { __typename ... on Record { number } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
""",
    {"name": "Moulding", "since": "2026-02-01T00:00:00Z"},
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

TABS = (INBOX, CUSTOMER, METRIC, THREAD, CLAUSES, DEPARTMENT, LIVE)
