"""Whole ways through the product, and what must hold on all of them.

The invariants of the design (domain.md §4), and which tests hold each of them:

1. At most one effective revision at any instant: `documents/test_as_of.py`, at once `documents/test_at_once.py`.
2. No record skips a state: `test_walks.py` (complaint, nonconformity, action, risk), `test_machines.py` (the others),
   `complaints/test_machine.py` and `feedback/test_triage.py`.
3. Each write has its event, and the chain verifies: the same walks, `base/test_event_log.py`, `faults/test_crash.py`.
4. Any order and multiplicity gives the same state: `base/test_intake_order.py`; the same metrics:
   `metrics/test_series.py`.
5. A closed nonconformity has what it needs: `test_walks.py`, `nonconformities/test_walks.py`.
6. Series add up: `metrics/test_series.py` (answers, under every counting), `test_weeks.py` (rates, month by month).
7. Action priority never falls when a rank rises: `risks/test_rules.py`, over the whole table.
8. Intervals hold the value and narrow with n: `metrics/test_rules.py`, `metrics/test_comparisons.py`.
9. No way tells what another refuses: `test_invariants.py`, `test_invariants_beside.py`,
   `feedback/test_confidential.py`, `graph/test_second_wall.py`, `graph/test_refusals.py`, `events/test_live.py`.
10. Nothing personal is left after an erasure, and the chain is intact: `customers/test_erasure.py`.
11. As many statements for few as for many: `test_operations.py` (the golden thread and the others),
    `graph/test_statements.py`.
12. `transitions` says what `transition` does: as 2; by rules and roles the `test_machine.py` of each room.
"""
