"""The handshake of a keyed link, both sides: who is let in, and who is not."""

import hashlib

from dyadwire import handshake, key_messages, messages
from dyadwire.errors import WireError
from dyadwire.handshake import CHALLENGED, CLOSED, NEW, OPEN, Answerer, Asker, hmac

KEY = bytes(range(32))
NAME_KEY = bytes(range(100, 132))
PAIR_KEY = bytes(range(200, 232))
A = b"\xd7\xad\x00\x61\x00\x01"
B = b"\xd7\xad\x00\x62\x00\x02"

RFC_4231 = (
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (b"\xaa" * 20, b"\xdd" * 50,
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
)  # fmt: skip


class Chance:
    """Random bytes that a test can tell apart: no two calls alike."""

    def __init__(self, seed=0):
        self.count = seed

    def __call__(self, size):
        self.count += 1
        return hashlib.sha256(b"%d" % self.count).digest()[:size]


def wearable(address=A, key=KEY, seed=1000, pair=PAIR_KEY):
    keys = (key, pair)
    return Answerer(hashlib.sha256, Chance(seed), address, NAME_KEY, lambda role: keys[role])


def asker(role=handshake.HOST, seed=0):
    return Asker(hashlib.sha256, Chance(seed), role)


def closed_by(answerer, message):
    return answerer.take(message) is None and answerer.state == CLOSED


def test_hmac_gives_what_rfc_4231_prints():
    for key, message, expected in RFC_4231:
        assert hmac(hashlib.sha256, key, message) == bytes.fromhex(expected)


def test_who_holds_the_key_is_let_in_and_both_make_the_same_keys():
    door, host = wearable(), asker()
    challenge = door.take(host.greeting)
    assert door.state == CHALLENGED
    session = host.prove(challenge, KEY, A)
    proven = door.take(key_messages.Proof(session.proof))
    assert door.state == OPEN
    assert proven.proven == session.proven
    assert door.session.to_asker == session.to_asker != session.to_wearable
    assert door.session.to_wearable == session.to_wearable


def test_a_stranger_hears_a_challenge_and_can_do_nothing_with_it():
    door = wearable()
    for message in (messages.Start(1, 1), messages.Stop(1), None, messages.Contents(0)):
        said = door.take(message)
        assert isinstance(said, key_messages.Challenge)
        assert door.state == NEW
    assert closed_by(wearable_challenged(), messages.Start(1, 1))


def wearable_challenged():
    door = wearable()
    door.take(asker().greeting)
    return door


def test_one_wrong_proof_closes_the_link_for_the_right_one_too():
    door, host = wearable(), asker()
    session = host.prove(door.take(host.greeting), KEY, A)
    wrong = bytes([session.proof[0] ^ 1]) + session.proof[1:]
    assert closed_by(door, key_messages.Proof(wrong))
    assert closed_by(door, key_messages.Proof(session.proof))
    assert closed_by(door, asker().greeting)


def test_a_wrong_key_a_wrong_role_and_a_wrong_address_prove_nothing():
    other = bytes(32)
    for key, role, address in ((other, 0, A), (PAIR_KEY, 0, A), (KEY, 1, A), (KEY, 0, B)):
        door, host = wearable(), asker(role)
        session = host.prove(door.take(host.greeting), key, address)
        assert closed_by(door, key_messages.Proof(session.proof))


def test_a_proof_of_another_session_opens_nothing():
    door, host = wearable(), asker()
    proof = host.prove(door.take(host.greeting), KEY, A).proof
    again = wearable(seed=2000)
    again.take(host.greeting)
    assert closed_by(again, key_messages.Proof(proof))


def test_what_one_wearable_says_opens_nothing_at_the_other_of_a_pair():
    """Reflection: b's challenge is put to a as if it were a's, and its proof handed back."""
    one, other, host = wearable(A), wearable(B, seed=2000), asker(handshake.PARTNER)
    one.take(host.greeting)
    challenge = other.take(host.greeting)
    session = host.prove(challenge, PAIR_KEY, B)
    assert closed_by(one, key_messages.Proof(session.proof))


def test_a_proven_handed_back_as_proof_is_none():
    door, host = wearable(), asker()
    session = host.prove(door.take(host.greeting), KEY, A)
    assert closed_by(door, key_messages.Proof(session.proven))


def test_no_byte_of_greeting_or_challenge_can_be_changed_on_the_way():
    host = asker()
    for at in range(2, 24):  # suite and role apart: these are refused at once, below
        door = wearable()
        packed = bytearray(messages.pack(host.greeting))
        packed[at] ^= 1
        challenge = door.take(messages.unpack(key_messages.Greeting.KIND, bytes(packed)))
        session = host.prove(challenge, KEY, A)
        assert closed_by(door, key_messages.Proof(session.proof)), at
    for at in range(1, 26):
        door = wearable()
        packed = bytearray(messages.pack(door.take(host.greeting)))
        packed[at] ^= 1
        challenge = messages.unpack(key_messages.Challenge.KIND, bytes(packed))
        session = host.prove(challenge, KEY, A)
        assert closed_by(door, key_messages.Proof(session.proof)), at


def test_another_suite_is_no_way_around():
    door = wearable()
    for suite in (0, 2, 255):
        door.take(key_messages.Greeting(suite, 0, bytes(6), bytes(16)))
        assert door.state == NEW
    challenge = door.take(None)
    refused = key_messages.Challenge(2, challenge.flags, challenge.alias, challenge.nonce)
    try:
        asker().prove(refused, KEY, A)
        raise AssertionError("a suite that is not known was used")
    except WireError as error:
        said = str(error)
    assert "suite 2" in said


def test_a_role_that_has_no_key_is_only_challenged():
    door = wearable(pair=b"")
    door.take(asker(handshake.PARTNER).greeting)
    assert door.state == NEW


def test_two_challenges_of_one_wearable_share_nothing_a_stranger_can_see():
    door = wearable()
    one, other = door.take(None), door.take(None)
    assert one.alias != other.alias
    assert one.nonce != other.nonce
    for challenge in (one, other):
        found = handshake.alias_of(hashlib.sha256, NAME_KEY, challenge.nonce)
        assert found == challenge.alias


def test_guessed_proofs_open_nothing():
    guess = Chance(5_000_000)
    for seed in range(200):
        door = wearable(seed=seed)
        door.take(asker().greeting)
        assert closed_by(door, key_messages.Proof(guess(16)))
