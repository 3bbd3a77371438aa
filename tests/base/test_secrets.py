"""Keys, cursors and seals."""

import base64
import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from qms_graphql.base.errors import ErrorCode, Refusal, SetupError
from qms_graphql.base.secrets import Secrets, load_secrets, seal, unseal
from qms_graphql.base.settings import Settings

MASTER = bytes(range(32))
OTHER = bytes(reversed(range(32)))


def test_a_cursor_leads_back_to_its_position() -> None:
    secrets, organization = Secrets(MASTER), uuid4()
    for position in (0, 1, 17, 2**40, 2**63 - 1):
        cursor = secrets.cursor(organization, position)
        assert secrets.position(organization, cursor) == position
        assert cursor == Secrets(MASTER).cursor(organization, position), "it is the same in every process"
        assert position.to_bytes(8, "big") not in base64.urlsafe_b64decode(cursor + "==")


def test_a_cursor_opens_nothing_else() -> None:
    secrets, organization = Secrets(MASTER), uuid4()
    cursor = secrets.cursor(organization, 5)
    turned = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    for owner, text in (
        (uuid4(), cursor),
        (organization, turned),
        (organization, cursor[:-3]),
        (organization, ""),
        (organization, "no cursor"),
        (organization, Secrets(OTHER).cursor(organization, 5)),
    ):
        with pytest.raises(Refusal) as refused:
            secrets.position(owner, text)
        assert (refused.value.code, refused.value.field) == (ErrorCode.BAD_USER_INPUT, ("after",))


def test_a_seal_holds_what_it_was_given() -> None:
    key, plain, context = os.urandom(32), "Käthe, +49 …".encode(), uuid4().bytes
    sealed = seal(key, plain, context)
    assert unseal(key, sealed, context) == plain
    assert plain not in base64.b64decode(sealed)
    assert seal(key, plain, context) != sealed, "a nonce is never used twice"


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_seal_does_not_open(place: int) -> None:
    key, context = os.urandom(32), b"context"
    raw = bytearray(base64.b64decode(seal(key, b"plain", context)))
    raw[place] ^= 1
    with pytest.raises(InvalidTag):
        unseal(key, base64.b64encode(bytes(raw)).decode(), context)


def test_a_seal_opens_only_with_its_key_and_in_its_place() -> None:
    key, context = os.urandom(32), b"context"
    sealed = seal(key, b"plain", context)
    with pytest.raises(InvalidTag):
        unseal(os.urandom(32), sealed, context)
    with pytest.raises(InvalidTag):
        unseal(key, sealed, b"another place")


def test_a_wrapped_key_belongs_to_one_subject_and_one_installation() -> None:
    secrets, key, subject = Secrets(MASTER), os.urandom(32), uuid4()
    wrapped = secrets.wrap(key, subject)
    assert secrets.unwrap(wrapped, subject) == key
    assert key not in wrapped
    with pytest.raises(SetupError):
        secrets.unwrap(wrapped, uuid4())
    with pytest.raises(SetupError):
        Secrets(OTHER).unwrap(wrapped, subject)


def test_a_token_digest_depends_on_the_installation() -> None:
    assert Secrets(MASTER).token_digest("word") == Secrets(MASTER).token_digest("word")
    assert Secrets(MASTER).token_digest("word") != Secrets(OTHER).token_digest("word")
    assert Secrets(MASTER).fingerprint != Secrets(OTHER).fingerprint


def test_the_secret_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret.key"
    first = load_secrets(Settings(secret_file=path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"]
    assert load_secrets(Settings(secret_file=path)).fingerprint == first.fingerprint


@pytest.mark.parametrize("text", ["", "ff", "zz" * 32, "ff" * 33])
def test_a_wrong_secret_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(SetupError, match=r"^QMS_SECRET_KEY must hold 64 hexadecimal digits\.$"):
        load_secrets(Settings(secret_key=text))  # type: ignore[arg-type]


def test_a_broken_secret_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text("half a k")
    with pytest.raises(SetupError, match="must hold 64 hexadecimal digits"):
        load_secrets(Settings(secret_file=path))
    assert path.read_text() == "half a k"
