"""One way to speak with a wearable: greet, ask, wait, listen, refuse."""

import ast
import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from dyadkit.errors import LinkError, UnfitWearableError
from dyadkit.links.conversation import HELLO, Conversation, Versions
from dyadwire import MAJOR, frames, messages

ROOT = Path(__file__).parents[3]
WEARABLE = messages.Hello(MAJOR, 0, 3, 7, b"wearer", 0, b"0.1\0")
IDLE, BUSY = (
    messages.Status(*(state if name == "state" else 0 for name in messages.Status._fields))
    for state in (0, 1)
)
SILENT = object()


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


class Scripted:
    """A link on which every frame the host sends is answered from a script, in order."""

    def __init__(self, *answers):
        self.address = "wearable-7"
        self.sent = []
        self._answers = list(answers)
        self._arrived = asyncio.Queue()

    async def open(self):
        self.opened = True

    async def close(self):
        self.opened = False

    async def write(self, data):
        self.sent.append(data)
        for one in self._answers.pop(0) if self._answers else ():
            self._arrived.put_nowait(one)
        return len(self.sent)

    async def read(self):
        one = await self._arrived.get()
        if one is SILENT:
            await asyncio.Event().wait()
        if isinstance(one, Exception):
            raise one
        return 5, one if isinstance(one, bytes) else framed(one)


class Witness:
    def __init__(self):
        self.kept, self.acted = [], []

    def said(self, host_ns, framed):
        self.kept.append(("said", frames.kind_of(framed)))

    def received(self, host_ns, framed):
        self.kept.append(("received", frames.kind_of(framed)))
        return frames.kind_of(framed) != messages.Sent.KIND

    def take(self, message):
        self.acted.append(message)


def talk(link, host, **how):
    async def run():
        async with Conversation(link, **how) as conversation:
            return await host(conversation)

    return asyncio.run(run())


def test_a_greeting_says_hello_and_gives_who_answers():
    link = Scripted([messages.Sent(3, 1), WEARABLE, IDLE])
    assert talk(link, lambda one: one.greet()) == WEARABLE
    assert link.sent == [framed(HELLO)]
    assert not link.opened


def test_an_answer_from_before_the_question_is_none():
    link = Scripted([WEARABLE, IDLE], [BUSY])

    async def host(one):
        await one.greet()
        await one.answer(messages.Status)
        one.forget()
        return await one.request(messages.Stop(0), messages.Status)

    assert talk(link, host) == BUSY


def test_messages_wait_for_whoever_asks_next_and_may_be_chosen_among():
    link = Scripted([WEARABLE, BUSY, BUSY, IDLE])

    async def host(one):
        await one.greet()
        return await one.answer(messages.Status, matching=lambda status: status.state == 0)

    assert talk(link, host) == IDLE


def test_everything_is_kept_before_it_is_acted_on_and_a_refusal_too():
    refusal = messages.Refusal(messages.Offer.KIND, messages.NOT_NOW)
    witness = Witness()
    link = Scripted([WEARABLE], [messages.Sent(3, 1), refusal])

    async def host(one):
        await one.greet()
        await one.request(messages.Offer(1, 1), messages.Wants)

    with pytest.raises(LinkError, match="wearable ada refused: "):
        talk(link, host, name="ada", observer=witness)
    assert witness.kept[-2:] == [("received", messages.Sent.KIND), ("received", refusal.KIND)]
    assert witness.acted == [WEARABLE, refusal]


def test_what_is_no_message_is_shown_to_the_observer_and_harms_nothing():
    witness = Witness()
    torn = frames.frame(messages.Status.KIND, b"\0")
    assert talk(Scripted([torn, WEARABLE]), lambda one: one.greet(), observer=witness) == WEARABLE
    assert witness.acted == [None, WEARABLE]


@pytest.mark.parametrize("listening", [False, True])
def test_who_waits_is_told_that_the_link_is_lost(listening):
    link = Scripted([WEARABLE], [LinkError("gone")])

    async def host(one):
        task = asyncio.create_task(one.listen()) if listening else None
        await one.greet()
        with pytest.raises(LinkError, match="gone"):
            await one.request(messages.Stop(0), messages.Status)
        if task is not None:
            with pytest.raises(LinkError, match="gone"):
                await task

    talk(link, host)


def test_no_answer_in_time_says_whose_and_how_long():
    with pytest.raises(LinkError, match=r"wearable wearable-7 did not answer within 0\.01 s"):
        talk(Scripted([SILENT]), lambda one: one.greet(0.01))


def test_a_long_stream_is_waited_out_but_silence_is_not():
    link = Scripted([WEARABLE], [*[messages.Sent(3, k) for k in range(50)], IDLE], [SILENT])

    async def host(one):
        await one.greet()
        await one.say(messages.Stop(0))
        ended = await one.answer_behind_stream(messages.Status, 0.05)
        await one.say(messages.Stop(0))
        with pytest.raises(LinkError, match=r"said nothing for 0\.05 s"):
            await one.answer_behind_stream(messages.Status, 0.05)
        return ended

    assert talk(link, host) == IDLE


def test_another_major_version_ends_it_before_anyone_acts_unless_any_will_do():
    other = WEARABLE._replace(major=MAJOR + 1)
    refusal = messages.Refusal(messages.Hello.KIND, messages.OTHER_MAJOR)
    witness = Witness()
    with pytest.raises(UnfitWearableError, match="update the older one, dyadkit"):
        talk(Scripted([other, refusal]), lambda one: one.greet(), observer=witness)
    assert witness.acted == []

    async def host(one):
        hello = await one.greet()
        wants = await one.request(messages.Offer(9, 9), messages.Wants)
        return hello, wants

    wants = messages.Wants(0)
    link = Scripted([other, refusal], [wants])
    assert talk(link, host, versions=Versions.ANY) == (other, wants)


def test_whoever_greets_may_be_asked_to_prove_who_it_is():
    asked = []

    async def prove(conversation, hello):
        asked.append(hello)
        raise LinkError("it does not know the key")

    with pytest.raises(LinkError, match="does not know the key"):
        talk(Scripted([WEARABLE]), lambda one: one.greet(), authenticate=prove)
    assert asked == [WEARABLE]


def test_there_is_one_greeting_and_one_decoder_of_received_frames():
    """Nobody else says hello, unpacks messages or knows which major version is meant."""
    found = []
    for file in sorted((ROOT / "host" / "dyadkit").rglob("*.py")):
        if "inside" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "messages.Hello", "messages.unpack",
            ):  # fmt: skip
                found.append((file.relative_to(ROOT / "host/dyadkit").as_posix(), node.lineno))
            elif isinstance(node, ast.ImportFrom) and node.module == "dyadwire":
                names = {alias.name for alias in node.names}
                if "MAJOR" in names:
                    found.append((file.relative_to(ROOT / "host/dyadkit").as_posix(), node.lineno))
    assert {name for name, _ in found} == {"links/conversation.py", "decoding/messages.py"}


def test_links_do_without_numpy():
    program = (
        "import sys, dyadkit.links.ble, dyadkit.links.usb, dyadkit.links.conversation;"
        "print('numpy' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
