"""Vocabulary of customers and their behaviour."""

from enum import Enum


class CustomerKind(Enum):
    """What sort of customer it is.

    ORGANISATION: A company, authority or household: an account.
    PERSON: One person: a consumer, or a contact of an account.
    """

    ORGANISATION = "ORGANISATION"
    PERSON = "PERSON"


class InteractionKind(Enum):
    """What a customer did, or what happened between us. One purchase is one interaction, whatever its lines.

    PURCHASE: The customer bought something.
    RETURN: The customer sent something back.
    RENEWAL: A contract was continued.
    CANCELLATION: A contract or order was ended.
    CALL: A telephone call.
    EMAIL: An e-mail.
    VISIT: A meeting in person.
    TICKET: A request for support.
    USAGE: The product was used.
    """

    PURCHASE = "PURCHASE"
    RETURN = "RETURN"
    RENEWAL = "RENEWAL"
    CANCELLATION = "CANCELLATION"
    CALL = "CALL"
    EMAIL = "EMAIL"
    VISIT = "VISIT"
    TICKET = "TICKET"
    USAGE = "USAGE"


class ErasureBasis(Enum):
    """Why a person's data are erased (GDPR, Art. 17(1)).

    NO_LONGER_NEEDED: They are not needed any more for what they were collected for (a).
    CONSENT_WITHDRAWN: The person took their consent back, and nothing else allows to keep them (b).
    OBJECTION: The person objects, and nothing outweighs that (c).
    UNLAWFUL: They should not have been kept (d).
    LEGAL_OBLIGATION: A law demands it (e).
    CHILD: They were collected from a child by an online service (f).
    """

    NO_LONGER_NEEDED = "NO_LONGER_NEEDED"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    OBJECTION = "OBJECTION"
    UNLAWFUL = "UNLAWFUL"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    CHILD = "CHILD"


def is_code(text: str, length: int) -> bool:
    """Whether a text is so many capital letters: 2 for a country (ISO 3166-1 alpha-2), 3 for a currency (ISO 4217)."""
    return len(text) == length and text.isascii() and text.isalpha() and text.isupper()
