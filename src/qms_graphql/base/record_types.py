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
    ACTION: What somebody is to do.
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
    ACTION = "ACTION"
