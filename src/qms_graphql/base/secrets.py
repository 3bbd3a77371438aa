"""Keys derived from the installation's one secret: for tokens, cursors, and the sealing of personal values."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from qms_graphql.base.errors import ErrorCode, Refusal, SetupError
from qms_graphql.base.settings import Settings

_NONCE = 12


class Secrets:
    """The installation's secret and what is derived from it (HKDF-SHA256, RFC 5869, one label for each use)."""

    def __init__(self, master: bytes) -> None:
        self._token_pepper = _derive(master, b"qms token")
        self._wrapping = AESGCM(_derive(master, b"qms subject key"))
        # One block of AES over 16 bytes is a permutation: the cursor is short, stable and tells nothing.
        self._cursor = Cipher(algorithms.AES(_derive(master, b"qms cursor")), modes.ECB())  # noqa: S305
        self._address_key = _derive(master, b"qms address")
        self._erasure_key = _derive(master, b"qms erased ref")
        self.fingerprint = _derive(master, b"qms fingerprint").hex()[:16]

    def token_digest(self, secret: str) -> str:
        """What is stored of an API token's secret (HMAC-SHA256 with a pepper, hexadecimal)."""
        return hmac.new(self._token_pepper, secret.encode(), hashlib.sha256).hexdigest()

    def address_digest(self, *parts: str) -> str:
        """What signs an address: HMAC-SHA256 over what it opens, for whom and until when, hexadecimal."""
        return hmac.new(self._address_key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()

    def erased_digest(self, organization_id: UUID, *parts: str) -> str:
        """What is left of an external key after an erasure (HMAC-SHA256, hexadecimal)."""
        text = "\n".join((organization_id.hex, *parts))
        return hmac.new(self._erasure_key, text.encode(), hashlib.sha256).hexdigest()

    def wrap(self, key: bytes, subject: UUID) -> bytes:
        """Encrypt a subject's key for storage, bound to that subject."""
        nonce = os.urandom(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, key, subject.bytes)

    def unwrap(self, wrapped: bytes, subject: UUID) -> bytes:
        """The subject's key. Raises ``SetupError`` if this installation's secret did not wrap it."""
        try:
            return self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject.bytes)
        except InvalidTag:
            raise SetupError("The secret key is not the one this database was written with.") from None

    def cursor(self, organization_id: UUID, position: int) -> str:
        """An opaque cursor for a position in an organization's event stream."""
        encryptor = self._cursor.encryptor()
        block = encryptor.update(organization_id.bytes[8:] + position.to_bytes(8, "big"))
        return base64.urlsafe_b64encode(block).decode().rstrip("=")

    def position(self, organization_id: UUID, cursor: str) -> int:
        """The position a cursor stands for. Raises ``Refusal(BAD_USER_INPUT)`` if it is not of this organization."""
        try:
            block = base64.b64decode(cursor + "==", altchars=b"-_", validate=True)
        except ValueError:
            block = b""
        if len(block) == 16:
            decryptor = self._cursor.decryptor()
            plain = decryptor.update(block)
            if hmac.compare_digest(plain[:8], organization_id.bytes[8:]):
                return int.from_bytes(plain[8:], "big")
        raise Refusal(ErrorCode.BAD_USER_INPUT, "This is not a cursor of this stream.", ("after",))


def seal(key: bytes, plain: bytes, context: bytes) -> str:
    """Encrypt personal values for the event log (AES-256-GCM, base64), bound to ``context``."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, context)).decode()


def unseal(key: bytes, sealed: str, context: bytes) -> bytes:
    """The reverse of :func:`seal`. Raises ``cryptography.exceptions.InvalidTag`` on any change."""
    raw = base64.b64decode(sealed)
    return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], context)


def load_secrets(settings: Settings) -> Secrets:
    """The installation's secret, from ``QMS_SECRET_KEY`` or the secret file (made when missing)."""
    if settings.secret_key is not None:
        return Secrets(_from_hex(settings.secret_key.get_secret_value(), "QMS_SECRET_KEY"))
    path = settings.secret_file.expanduser()
    try:
        return Secrets(_from_hex(path.read_text(), str(path)))
    except FileNotFoundError:
        return Secrets(_from_hex(_make(path), str(path)))
    except OSError as error:
        raise SetupError(f"The secret file {path} cannot be read: {error.strerror}.") from None


def _make(path: Path) -> str:
    """Make the secret file, whole or not at all: a reader at the same moment must never see half a key."""
    text = secrets.token_hex(32)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(text)
        try:
            os.link(draft, path)
        except FileExistsError:
            text = path.read_text()
        finally:
            draft.unlink()
    except OSError as error:
        raise SetupError(f"The secret file {path} cannot be made ({error.strerror}); set QMS_SECRET_KEY.") from None
    return text


def _from_hex(text: str, where: str) -> bytes:
    try:
        raw = bytes.fromhex(text.strip())
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise SetupError(f"{where} must hold 64 hexadecimal digits.")
    return raw


def _derive(master: bytes, label: bytes) -> bytes:
    return HKDFExpand(hashes.SHA256(), 32, label).derive(master)
