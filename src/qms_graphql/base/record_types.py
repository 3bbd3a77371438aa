"""The kinds of record, as events, external references and the change feed name them."""

from enum import Enum


class RecordType(Enum):
    """A kind of record.

    DEPARTMENT: A part of the organization.
    USER: A person who works with the quality system.
    PRODUCT: Something made, sold or provided.
    INSPECTION: Units of a product that were inspected.
    CUSTOMER: A customer or supplier.
    INTERACTION: Something a customer did.
    SURVEY: A set of questions.
    QUESTION: A question of a survey.
    FEEDBACK: What somebody said.
    COMPLAINT: What is taken to an answer, by the rules for complaints.
    THEME: What feedback is about.
    STANDARD: A framework in one edition.
    REQUIREMENT: What must be met: a clause or a customer expectation.
    RISK: What may go wrong.
    REVIEW: Some people looked at something together.
    FINDING: What a review or an authority found or decided.
    ACTION: What somebody is to do.
    NONCONFORMITY: That something did not meet a requirement.
    CAUSE: Why a nonconformity came about.
    DOCUMENT: Something that is laid down.
    REVISION: A document as it was, is or shall be.
    TRAINING_PLAN: What training on a document asks for.
    TRAINING_RECORD: That a person is to be trained, and what came of it.
    COMPETENCE: What a person is able to do in an area.
    REQUIRED_COMPETENCE: The level that people need in an area.
    EFFECTIVENESS_CHECK: Whether an action has its effect.
    OBJECTIVE: What is to be reached by when.
    NOTIFICATION: That a person is told of something.
    """

    DEPARTMENT = "DEPARTMENT"
    USER = "USER"
    PRODUCT = "PRODUCT"
    INSPECTION = "INSPECTION"
    CUSTOMER = "CUSTOMER"
    INTERACTION = "INTERACTION"
    SURVEY = "SURVEY"
    QUESTION = "QUESTION"
    FEEDBACK = "FEEDBACK"
    COMPLAINT = "COMPLAINT"
    THEME = "THEME"
    STANDARD = "STANDARD"
    REQUIREMENT = "REQUIREMENT"
    RISK = "RISK"
    REVIEW = "REVIEW"
    FINDING = "FINDING"
    ACTION = "ACTION"
    NONCONFORMITY = "NONCONFORMITY"
    CAUSE = "CAUSE"
    DOCUMENT = "DOCUMENT"
    REVISION = "REVISION"
    TRAINING_PLAN = "TRAINING_PLAN"
    TRAINING_RECORD = "TRAINING_RECORD"
    COMPETENCE = "COMPETENCE"
    REQUIRED_COMPETENCE = "REQUIRED_COMPETENCE"
    EFFECTIVENESS_CHECK = "EFFECTIVENESS_CHECK"
    OBJECTIVE = "OBJECTIVE"
    NOTIFICATION = "NOTIFICATION"


CHAIN = (
    RecordType.CUSTOMER,
    RecordType.INTERACTION,
    RecordType.FEEDBACK,
    RecordType.COMPLAINT,
    RecordType.REQUIREMENT,
    RecordType.RISK,
    RecordType.REVIEW,
    RecordType.FINDING,
    RecordType.NONCONFORMITY,
    RecordType.CAUSE,
    RecordType.ACTION,
    RecordType.DOCUMENT,
    RecordType.REVISION,
    RecordType.EFFECTIVENESS_CHECK,
    RecordType.OBJECTIVE,
)
"""From a customer to what is done about their words: a link to a later kind leads down, to an earlier one up."""
