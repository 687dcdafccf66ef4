"""Messages of a wearable with a key: handshake, keys over the cable, and the way back.

They stand apart from `messages` since a wearable without a key does not load them.
"""

from collections import namedtuple

from dyadwire import messages


class Greeting(namedtuple("Greeting", ("suite", "role", "who", "nonce"))):
    """Asker of a keyed wearable: I hold your key, as your host (role 0) or your partner (1).

    `suite` names the algorithms; `who` is the asking wearable's address, zeros of a host; `nonce`
    is random and new for each link.
    """

    KIND = 0x41
    LAYOUT = "<BB6s16s"


class Challenge(namedtuple("Challenge", ("suite", "flags", "alias", "nonce"))):
    """All that a keyed wearable says to a stranger: it has a key, prove that you hold it.

    `alias` is made of key and `nonce`: only who holds the key can tell whose it is.
    """

    KIND = 0x42
    LAYOUT = "<BB8s16s"


class Proof(namedtuple("Proof", ("proof",))):
    """Asker: what only who holds the key can make of Greeting and Challenge."""

    KIND = 0x43
    LAYOUT = "<16s"


class Proven(namedtuple("Proven", ("proven",))):
    """Wearable: what only it can make of the same; from here on both speak in records."""

    KIND = 0x44
    LAYOUT = "<16s"


class NewKey(namedtuple("NewKey", ("key", "name_key"))):
    """Host, over a cable only: keep this key, and the one by which owners recognise the wearable.

    A wearable that has a key takes another one from who has proven to hold the present one.
    """

    KIND = 0x45
    LAYOUT = "<32s32s"


class Erase(namedtuple("Erase", ("wearable",))):
    """Anybody, over a cable only: delete all recordings and the key of this wearable, start over.

    The way back when a key is lost. Who can plug in a cable could as well replace the program.
    """

    KIND = 0x46
    LAYOUT = "<6s"


class Obeyed(namedtuple("Obeyed", ("kind",))):
    """Wearable: what message `kind` asked for is done."""

    KIND = 0x47
    LAYOUT = "<B"


class PairKey(namedtuple("PairKey", ("key",))):
    """Host, to a keyed wearable: by this the partner and you know each other, zeros for nobody."""

    KIND = 0x48
    LAYOUT = "<32s"


KEY_MESSAGES = (Greeting, Challenge, Proof, Proven, NewKey, Erase, Obeyed, PairKey)
messages.BY_KIND.update({message.KIND: message for message in KEY_MESSAGES})
