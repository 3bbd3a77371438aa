"""Vocabulary of nonconformities and their causes."""

from enum import Enum


class NonconformityStatus(Enum):
    """How far a nonconformity has come (ISO 9001, 10.2.1; 8D).

    OPEN: Found, and nothing is done about it yet.
    CONTAINED: Kept from spreading, or nothing is there to contain (10.2.1 a, D3).
    ANALYSED: A root cause is verified, and whether it happens elsewhere was looked at (10.2.1 b, D4).
    PLANNED: Each root cause has its corrective action (D5).
    IMPLEMENTED: What was planned is done (10.2.1 c, D6).
    VERIFIED: Each corrective action has its verdict (10.2.1 d).
    CLOSED: It worked; risks and documents are seen to (10.2.1 e and f, D7), and somebody other than the owner signed.
    CANCELLED: It was none, or was recorded twice.
    """

    OPEN = "OPEN"
    CONTAINED = "CONTAINED"
    ANALYSED = "ANALYSED"
    PLANNED = "PLANNED"
    IMPLEMENTED = "IMPLEMENTED"
    VERIFIED = "VERIFIED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class NonconformityOrigin(Enum):
    """How a nonconformity came to be known.

    COMPLAINT: A customer complained.
    INSPECTION: An inspection or test found it.
    PROCESS: Somebody saw it at work.
    AUDIT: An audit found it.
    SUPPLIER: What a supplier delivered did not conform, or the supplier said so.
    SIGNAL: A metric moved.
    OTHER: In another way.
    """

    COMPLAINT = "COMPLAINT"
    INSPECTION = "INSPECTION"
    PROCESS = "PROCESS"
    AUDIT = "AUDIT"
    SUPPLIER = "SUPPLIER"
    SIGNAL = "SIGNAL"
    OTHER = "OTHER"


class DetectionStage(Enum):
    """Where on its way a nonconformity was detected: the later, the dearer.

    DESIGN: While it was designed.
    RECEIVING: When it came in from a supplier.
    PRODUCTION: While it was made or provided.
    FINAL: Before it was released.
    DELIVERY: On the way to the customer.
    USE: By who uses it.
    """

    DESIGN = "DESIGN"
    RECEIVING = "RECEIVING"
    PRODUCTION = "PRODUCTION"
    FINAL = "FINAL"
    DELIVERY = "DELIVERY"
    USE = "USE"


class Disposition(Enum):
    """What becomes of what does not conform (ISO 9001, 8.7.1).

    USE_AS_IS: It is used as it is, by concession.
    REWORK: It is made to conform.
    REPAIR: It is made fit for use, though it does not conform.
    SORT: The good is sorted from the bad.
    REGRADE: It is used for something that asks for less.
    RETURN: It goes back to the supplier.
    SCRAP: It is made unusable.
    RECALL: It is called back from customers.
    """

    USE_AS_IS = "USE_AS_IS"
    REWORK = "REWORK"
    REPAIR = "REPAIR"
    SORT = "SORT"
    REGRADE = "REGRADE"
    RETURN = "RETURN"
    SCRAP = "SCRAP"
    RECALL = "RECALL"


class CauseCategory(Enum):
    """Where a cause lies: the bones of Ishikawa's diagram, 6M.

    MAN: With people: skill, attention, workload.
    MACHINE: With machines and tools.
    MATERIAL: With what is worked on.
    METHOD: With how it is done.
    MEASUREMENT: With how it is measured.
    ENVIRONMENT: With the surroundings: heat, dust, light.
    """

    MAN = "MAN"
    MACHINE = "MACHINE"
    MATERIAL = "MATERIAL"
    METHOD = "METHOD"
    MEASUREMENT = "MEASUREMENT"
    ENVIRONMENT = "ENVIRONMENT"
