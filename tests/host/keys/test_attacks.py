"""Attacks on a keyed wearable over the virtual radio and cable: nothing of them is accepted.

Seeds are printed by the name of the test. Each world is one wearable that records; after the attack
its recording must have gone on and its owner must be back within ten seconds.
"""

import asyncio
import contextlib
import random

import pytest

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.decoding.messages import split_frames
from dyadkit.devices.wearable_keys import erase, keyed, keys_of, put_key
from dyadkit.errors import LinkError
from dyadkit.links.cipher import HostCipher, sha256
from dyadkit.links.conversation import Conversation
from dyadkit.links.keyed import KeyedLink
from dyadkit.sim import RadioModel, VirtualWearable, World
from dyadkit.storage import read_session
from dyadwire import MAJOR, frames, handshake, key_messages, messages, states, streams
from dyadwire.errors import WireError
from dyadwire.records import FRAMES_AT, KIND, Opener, RecordReader, Sealer
from fakes.ordeal import link_to
from fakes.station import feed

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
pytest.importorskip("cryptography")

KIT, ANOTHER_KIT = bytes(range(32)), bytes(range(1, 33))
A = bytes.fromhex("d7ad00610001")
SESSION = 77
BACK_S = 10.0

DAMAGING = (
    messages.Hello(MAJOR, 1, 0, 0, bytes(6), 0, bytes(4)),
    messages.Start(99, 0),
    messages.Stop(SESSION),
    messages.Ack(1, streams.PPG_IR, 0, messages.OPEN_END),
    messages.Fetch(1, streams.PPG_IR, 0, messages.OPEN_END),
    messages.Copy(1, 0),
    messages.Contents(0),
    messages.Calibration(1, 2, 3, 4, 5),
    messages.Partner(b"strang"),
    messages.Offer(1000, 1),
    messages.Piece(0, b"code"),
    messages.Probe(1, 2),
    key_messages.NewKey(bytes(32), bytes(32)),
    key_messages.PairKey(bytes(32)),
    key_messages.Erase(A),
)


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


class Stranger:
    """A link that says what it likes and notes the kinds it hears."""

    def __init__(self, world, is_cabled=False):
        self.link = link_to(world, "a", cabled=is_cabled)
        self.link.reader_kind = RecordReader
        self.heard = []

    async def __aenter__(self):
        await self.link.open()
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_):
        self._reading.cancel()
        await self.link.close()

    async def _read(self):
        with contextlib.suppress(LinkError):
            while True:
                self.heard.append((await self.link.read())[1])

    async def say(self, *sayings):
        with contextlib.suppress(LinkError):
            for one in sayings:
                await self.link.write(one)

    def kinds(self):
        return {frames.kind_of(one) for one in self.heard}

    def is_hung_up(self):
        return self._reading.done()


def owner(world, is_cabled=False, kit=KIT):
    return keyed(link_to(world, "a", cabled=is_cabled), kit, [A])


async def begin(world):
    async with Conversation(owner(world)) as talk:
        await talk.greet()
        await talk.say(messages.Start(SESSION, 0xFFFFFFFF))
        await talk.answer(messages.Block)


async def count_of_blocks(world):
    """Blocks of the infrared light in flash, by its owner, who must be back in time."""
    async with asyncio.timeout(BACK_S), Conversation(owner(world)) as talk:
        hello = await talk.greet()
        assert hello.state == states.RECORDING
        fetch = messages.Fetch(1, streams.PPG_IR, 0, messages.OPEN_END)
        calibration = await talk.request(messages.Contents(0), messages.Held)
        assert calibration.number, "a segment is there"
        await talk.say(fetch)
        found = []
        while True:
            answer = await talk.either(messages.Block, messages.Fetched, 5.0)
            if isinstance(answer, messages.Fetched):
                return hello.boot, found
            found.append(answer.sequence)


def attacked(attack, seed=1, seconds=3.0):
    """What an attack returns, after which all that was recorded is still there, and more."""
    keys = keys_of(KIT, A)
    worn = VirtualWearable("a", feed(120), key=keys.key + keys.name_key)

    async def host(world):
        await begin(world)
        await asyncio.sleep(seconds)
        boot, before = await count_of_blocks(world)
        result = await attack(world)
        await asyncio.sleep(3.0)
        boot_after, after = await count_of_blocks(world)
        assert boot_after == boot == 1, "the wearable started over"
        assert after[: len(before)] == before, "what was recorded is there"
        assert after == list(range(len(after))), "nothing is missing"
        assert len(after) > len(before), "recording went on"
        return result

    with World([worn], radio=RadioModel(interval_ms=30.0), seed=seed) as world:
        return world.run(host)


@pytest.mark.parametrize("is_cabled", [False, True], ids=["radio", "cable"])
def test_a_stranger_commands_reads_and_erases_nothing(is_cabled):
    sayings = [framed(message) for message in DAMAGING]
    if is_cabled:
        sayings.pop()  # over the cable it is the documented way back, tested below

    async def attack(world):
        heard = set()
        async with Stranger(world, is_cabled) as stranger:
            await stranger.say(*sayings)
            await asyncio.sleep(2.5)
            heard |= stranger.kinds()
        return heard

    assert attacked(attack) <= {key_messages.Challenge.KIND}


def test_erase_is_refused_over_the_air_and_while_recording():
    async def attack(world):
        async with Stranger(world) as stranger:
            await stranger.say(framed(key_messages.Erase(A)))
            await asyncio.sleep(0.5)
        with pytest.raises(LinkError, match="refused"):
            await erase(link_to(world, "a", cabled=True), A)

    attacked(attack)


def test_the_owner_himself_neither_erases_nor_changes_keys_over_the_air():
    async def attack(world):
        for message in (key_messages.Erase(A), key_messages.NewKey(bytes(32), bytes(32))):
            async with Conversation(owner(world)) as talk:
                await talk.greet()
                with pytest.raises(LinkError, match="refused"):
                    await talk.request(message, key_messages.Obeyed)

    attacked(attack)


def test_a_wrong_key_opens_nothing():
    async def attack(world):
        keys = keys_of(ANOTHER_KIT, A)
        right = keys_of(KIT, A)
        for candidate in (keys, type(keys)(keys.key, right.name_key)):
            link = KeyedLink(link_to(world, "a", cabled=False), {A: candidate})
            with pytest.raises(LinkError):
                await link.open()

    attacked(attack)


class Eavesdropper:
    """Link that keeps what passes, both ways."""

    def __init__(self, link):
        self.link, self.address, self.said, self.heard = link, link.address, [], []

    @property
    def reader_kind(self):
        return self.link.reader_kind

    @reader_kind.setter
    def reader_kind(self, kind):
        self.link.reader_kind = kind

    async def open(self):
        await self.link.open()

    async def close(self):
        await self.link.close()

    async def write(self, one):
        self.said.append(one)
        return await self.link.write(one)

    async def read(self):
        host_ns, one = await self.link.read()
        self.heard.append(one)
        return host_ns, one


async def overheard(world):
    """A whole session of the owner as it went through the air."""
    ear = Eavesdropper(link_to(world, "a", cabled=False))
    async with Conversation(keyed(ear, KIT, [A])) as talk:
        await talk.greet()
        await talk.say(messages.Ack(9, streams.PPG_IR, 0, 1))
        await talk.request(messages.Contents(0), messages.Held)
    return ear


def test_a_session_replayed_in_any_order_is_not_taken():
    dice = random.Random(5)

    async def attack(world):
        ear = await overheard(world)
        orders = [list(ear.said), ear.said[::-1], list(ear.heard), ear.said[2:]]
        orders += [dice.sample(ear.said, len(ear.said)) for _ in range(6)]
        heard = set()
        for order in orders:
            async with Stranger(world) as stranger:
                await stranger.say(*order)
                await asyncio.sleep(0.7)
                heard |= stranger.kinds()
        return heard

    assert attacked(attack) <= {key_messages.Challenge.KIND}


def test_what_passes_in_the_air_shows_no_frame_and_no_command():
    async def attack(world):
        return await overheard(world)

    ear = attacked(attack)
    kinds = [frames.kind_of(one) for one in ear.heard]
    assert kinds[:2] == [key_messages.Challenge.KIND, key_messages.Proven.KIND]
    assert set(kinds[2:]) == {KIND}
    assert {frames.kind_of(one) for one in ear.said[2:]} == {KIND}
    assert A not in b"".join(ear.heard)


def test_guessed_proofs_and_tags_find_nothing():
    dice = random.Random(6)

    async def attack(world):
        heard = set()
        for _ in range(40):
            async with Stranger(world) as stranger:
                greeting = key_messages.Greeting(1, dice.randrange(3), bytes(6), dice.randbytes(16))
                await stranger.say(
                    framed(greeting), framed(key_messages.Proof(dice.randbytes(16))),
                    *(bytes((0xD7, KIND, 40)) + dice.randbytes(40) for _ in range(5)),
                )  # fmt: skip
                await asyncio.sleep(0.2)
                heard |= stranger.kinds()
        return heard

    assert attacked(attack, seed=6) <= {key_messages.Challenge.KIND}


def test_a_silent_link_is_hung_up_in_two_seconds():
    async def attack(world):
        async with Stranger(world) as stranger:
            await asyncio.sleep(1.0)
            was_up = not stranger.is_hung_up()
            await asyncio.sleep(1.5)
            return was_up, stranger.is_hung_up()

    assert attacked(attack) == (True, True)


def test_noise_before_and_inside_of_a_session_changes_nothing():
    dice = random.Random(7)

    async def attack(world):
        for is_cabled in (False, True):
            for _ in range(5):
                async with Stranger(world, is_cabled) as stranger:
                    await stranger.say(*(dice.randbytes(dice.randint(1, 200)) for _ in range(15)))
                    await asyncio.sleep(0.3)
        for _ in range(5):
            with contextlib.suppress(LinkError):
                link = owner(world)
                async with Conversation(link) as talk:
                    await talk.greet()
                    for _ in range(20):
                        await link._link.write(bytes((0xD7, KIND, 60)) + dice.randbytes(60))
                    await talk.request(messages.Stop(SESSION), messages.Status, 1.0)

    attacked(attack, seed=7)


class FalseWearable:
    """Link at whose other end somebody answers who knows the alias and not the key."""

    def __init__(self, plain=False):
        self.address, self._plain, self._answers = "false", plain, []
        self.reader_kind = RecordReader

    async def open(self):
        self._answers = []

    async def close(self):
        pass

    async def write(self, one):
        kind = frames.kind_of(one)
        alias = handshake.alias_of(sha256, keys_of(KIT, A).name_key, bytes(16))
        if self._plain:
            self._answers.append(framed(messages.Hello(1, 1, 1, 1, A, 1, b"0.1.")))
        elif kind == key_messages.Greeting.KIND:
            self._answers.append(framed(key_messages.Challenge(1, 0, alias, bytes(16))))
        elif kind == key_messages.Proof.KIND:
            self._answers.append(framed(key_messages.Proven(frames.payload_of(one).tobytes())))
        return 0

    async def read(self):
        while not self._answers:
            await asyncio.sleep(0.01)
        return 0, self._answers.pop(0)


def test_a_false_wearable_feeds_no_session():
    async def host():
        with pytest.raises(LinkError, match="another key"):
            await keyed(FalseWearable(), KIT, [A]).open()

    asyncio.run(host())


def test_a_wearable_that_lost_its_key_is_not_spoken_with_in_the_open(monkeypatch):
    monkeypatch.setattr("dyadkit.links.keyed.HANDSHAKE_TIMEOUT_S", 0.2)

    async def host():
        with pytest.raises(LinkError, match="did not prove"):
            await keyed(FalseWearable(plain=True), KIT, [A]).open()

    asyncio.run(host())


def test_the_owner_takes_over_a_link_that_another_program_holds():
    async def attack(world):
        async with Conversation(owner(world)) as held:
            await held.greet()
            async with Conversation(owner(world, is_cabled=True)) as talk:
                hello = await talk.greet()
        return hello.wearable

    assert attacked(attack) == A


def test_a_lost_key_is_replaced_over_the_cable_and_all_recordings_are_gone():
    keys = keys_of(ANOTHER_KIT, A)
    worn = VirtualWearable("a", feed(120), key=keys.key + keys.name_key)

    async def host(world):
        async with Conversation(owner(world, kit=ANOTHER_KIT)) as talk:
            await talk.greet()
            await talk.say(messages.Start(SESSION, 0xFFFFFFFF))
            await asyncio.sleep(3.0)
            await talk.say(messages.Stop(SESSION))
            await talk.answer(messages.Status)
            assert (await talk.request(messages.Contents(0), messages.Held)).number
        await asyncio.sleep(1.0)
        with pytest.raises(LinkError):
            await put_key(link_to(world, "a", cabled=True), KIT)
        with pytest.raises(LinkError):
            await erase(link_to(world, "a", cabled=True), b"strang")
        await erase(link_to(world, "a", cabled=True), A)
        await asyncio.sleep(4.0)
        assert await put_key(link_to(world, "a", cabled=True), KIT) == A
        await asyncio.sleep(4.0)
        async with Conversation(owner(world)) as talk:
            assert (await talk.greet()).wearable == A
            return (await talk.request(messages.Contents(0), messages.Held)).boot

    with World([worn], radio=RadioModel(interval_ms=30.0), seed=2) as world:
        assert world.run(host) == 2, "the oldest segment is of the boot after"


def door():
    keys = keys_of(KIT, A)
    return handshake.Answerer(
        sha256, random.Random(1).randbytes, A, keys.name_key, lambda role: b"" if role else keys.key
    )


def test_a_hundred_thousand_fuzzed_frames_before_a_proof_open_nothing():
    dice = random.Random(8)
    every = (*messages.MESSAGES, *key_messages.KEY_MESSAGES)
    one = door()
    for _ in range(100_000):
        layout = dice.choice(every)
        message = messages.unpack(layout.KIND, dice.randbytes(messages.size(layout)))
        one.take(message)
        assert one.state != handshake.OPEN
        if one.state == handshake.CLOSED:
            one = door()


def test_a_hundred_thousand_fuzzed_records_of_a_session_give_no_frame():
    dice = random.Random(9)
    key = bytes(range(32))
    sealer, opener = Sealer(HostCipher(key)), Opener(HostCipher(key))
    inside = framed(messages.Stop(SESSION))
    buffer = bytearray(FRAMES_AT) + inside + bytes(14)
    sealer.seal(buffer, FRAMES_AT + len(inside), 1)
    accepted = 0
    for number in range(100_000):
        record = bytearray(buffer) if number % 2 else bytearray(dice.randbytes(len(buffer)))
        record[1] = KIND
        record[dice.randrange(2, len(record))] ^= dice.randrange(1, 256)
        try:
            opener.open(bytes(record))
            accepted += 1
        except WireError:
            pass
    assert accepted == 0
    assert opener.open(bytes(buffer)) == (inside, 1), "the true one is still taken"


def test_ten_thousand_guessed_tags_of_a_cut_record_are_refused():
    dice = random.Random(10)
    opener = Opener(HostCipher(bytes(range(32))))
    for _ in range(10_000):
        size = dice.randrange(21, 60)
        with pytest.raises(WireError):
            opener.open(bytes((0xD7, KIND, size - 3)) + dice.randbytes(size - 3))


class Replayed:
    """Link at whose other end a wearable seals what another one sent without a key."""

    def __init__(self, notifications):
        self.address, self._notifications = "replayed", notifications
        self._door, self._sealer, self._answers = door(), None, []
        self.reader_kind = RecordReader

    async def open(self):
        pass

    close = open

    async def write(self, one):
        answer = self._door.take(messages.unpack(one[1], frames.payload_of(one)))
        self._answers.append(framed(answer))
        if self._door.state == handshake.OPEN:
            self._sealer = Sealer(HostCipher(self._door.session.to_asker))
        return 0

    async def read(self):
        if self._answers:
            return 0, self._answers.pop(0)
        host_ns, stamp_us, inside = self._notifications.pop(0)
        buffer = bytearray(FRAMES_AT) + inside + bytes(14)
        self._sealer.seal(buffer, FRAMES_AT + len(inside), stamp_us)
        return host_ns, bytes(buffer)


def notifications_of(path):
    """What a recorded wearable sent at once: when it arrived, its stamp, the frames behind it."""
    found = []
    for host_ns, one in split_frames(read_session(path).topics["a/heard"]):
        if frames.kind_of(one) == messages.Sent.KIND:
            found.append((host_ns, messages.unpack(one[1], frames.payload_of(one)).sent_us, b""))
        elif found and found[-1][0] == host_ns and frames.kind_of(one) != messages.Echo.KIND:
            found[-1] = (host_ns, found[-1][1], found[-1][2] + one)
        else:
            found.append((host_ns, 0, one))
    return found


def test_a_recording_is_the_same_with_a_key_and_without(tmp_path):
    worn = [VirtualWearable(person, feed(20)) for person in "ab"]
    with World(worn, radio=RadioModel(interval_ms=30.0), seed=3) as world:
        plan = RecordingPlan(tmp_path / "s", duration_s=8.0, clock_ns=world.clock_ns, seed=3)
        world.run(lambda world: record(plan, {p: link_to(world, p, cabled=False) for p in "ab"}))
    stored = list(split_frames(read_session(tmp_path / "s").topics["a/heard"]))

    async def host():
        link = keyed(Replayed(notifications_of(tmp_path / "s")), KIT, [A])
        await link.open()
        return [await link.read() for _ in range(len(stored))]

    opened = asyncio.run(host())
    assert len(stored) > 100
    assert frames_hash(opened) == frames_hash(stored)


def frames_hash(read):
    return sha256(b"".join(b"%d " % host_ns + one for host_ns, one in read)).hexdigest()
