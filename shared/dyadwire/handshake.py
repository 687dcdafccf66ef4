"""Handshake of a keyed link: who asks and who answers prove that they hold one key.

    asker → Greeting, answerer → Challenge, asker → Proof, answerer → Proven; then only records

Both nonces, both identities, the suite and the asker's role go into the root of the session, so
nothing of another session, role, wearable or suite fits. Nothing is stored: fresh nonces give fresh
keys. SHA-256 and random bytes come from outside (`sha256(data).digest()`, `random(count)`).

Suite 1 has no forward secrecy: who records a link and learns the key later can read it.
"""

from dyadwire import key_messages, messages
from dyadwire.errors import WireError

SUITE = 1
HOST = 0
PARTNER = 1
NONCE_SIZE = 16
PROOF_SIZE = 16

NEW = 0
CHALLENGED = 1
OPEN = 2
CLOSED = 3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from dyadwire.messages import Message

_BLOCK = 64
_LABEL = b"dyadkit session 1"
_ALIAS = b"dyadkit alias 1"


def hmac(sha256: "Any", key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104): 32 bytes."""
    if len(key) > _BLOCK:
        key = sha256(key).digest()
    padded = key + bytes(_BLOCK - len(key))
    inner = sha256(bytes([byte ^ 0x36 for byte in padded]) + message).digest()
    digest: bytes = sha256(bytes([byte ^ 0x5C for byte in padded]) + inner).digest()
    return digest


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    difference = len(one) ^ len(other)
    for left, right in zip(one, other):  # noqa: B905 - lengths are compared; no strict= on a chip
        difference |= left ^ right
    return difference == 0


def alias_of(sha256: "Any", key: bytes, nonce: bytes) -> bytes:
    """How a wearable names itself in one Challenge: only who holds its key can tell whose it is."""
    return hmac(sha256, key, _ALIAS + nonce)[:8]


class Session:
    """Proofs and keys of one session: what both sides compute alike from what both have seen.

    `to_wearable` and `to_asker` are 32 bytes each: half for the cipher, half for the tag.
    """

    def __init__(
        self,
        sha256: "Any",
        key: bytes,
        greeting: "key_messages.Greeting",
        challenge: "key_messages.Challenge",
        wearable: bytes,
    ) -> None:
        seen = _LABEL + messages.pack(greeting) + messages.pack(challenge) + wearable
        root = hmac(sha256, key, seen)
        self.proof = hmac(sha256, root, b"proof")[:PROOF_SIZE]
        self.proven = hmac(sha256, root, b"proven")[:PROOF_SIZE]
        self.to_wearable = hmac(sha256, root, b"to wearable")
        self.to_asker = hmac(sha256, root, b"to asker")


class Answerer:
    """The wearable's side: states NEW, CHALLENGED, OPEN; anything out of turn is CLOSED for good.

    key_of : the key of a role, empty where there is none
    name_key : by whom the alias is understood
    """

    def __init__(
        self,
        sha256: "Any",
        random: "Callable[[int], bytes]",
        wearable: bytes,
        name_key: bytes,
        key_of: "Callable[[int], bytes]",
    ) -> None:
        self.state = NEW
        self.role = HOST
        self.session: Session | None = None
        self._sha256 = sha256
        self._random = random
        self._wearable = wearable
        self._name_key = name_key
        self._key_of = key_of

    # One proof a link. What is not in turn ends it, and says nothing of why:
    #   1. NEW: a Greeting of our suite and of a role that has a key is challenged.
    #   2. NEW: anything else, a plain Hello above all, is shown that there is a key: a Challenge
    #      of no session. The link stays NEW, for whoever holds the key to greet rightly.
    #   3. CHALLENGED: the right Proof opens. The wrong one, or anything else, closes.
    #   4. OPEN: a second handshake closes.
    def take(self, message: "Message | None") -> "Message | None":
        """Answer to what came; None where nothing is to be said."""
        if self.state == NEW:
            return self._challenge(message)
        if self.state == CHALLENGED and isinstance(message, key_messages.Proof):
            session = self.session
            if session is not None and is_same(message.proof, session.proof):
                self.state = OPEN
                return key_messages.Proven(session.proven)
        self.state = CLOSED
        return None

    def _challenge(self, message: "Message | None") -> "Message":
        nonce = self._random(NONCE_SIZE)
        alias = alias_of(self._sha256, self._name_key, nonce)
        challenge = key_messages.Challenge(SUITE, 0, alias, nonce)
        if isinstance(message, key_messages.Greeting) and message.suite == SUITE:
            key = self._key_of(message.role)
            if key:
                self.role = message.role
                self.session = Session(self._sha256, key, message, challenge, self._wearable)
                self.state = CHALLENGED
        return challenge


class Asker:
    """The side that opens the link: a host, or the partner in the field."""

    def __init__(self, sha256: "Any", random: "Callable[[int], bytes]", role: int) -> None:
        self._sha256 = sha256
        self.greeting = key_messages.Greeting(SUITE, role, bytes(6), random(NONCE_SIZE))

    def prove(self, challenge: "key_messages.Challenge", key: bytes, wearable: bytes) -> Session:
        """The session that this Challenge makes possible; its `proof` is what to send.

        Raises
        ------
        WireError
            the wearable speaks a suite that this version does not know
        """
        if challenge.suite != SUITE:
            raise WireError("suite %d of a keyed wearable is not known" % challenge.suite)
        return Session(self._sha256, key, self.greeting, challenge, wearable)
