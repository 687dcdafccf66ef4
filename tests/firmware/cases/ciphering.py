"""The chip's ciphers against what the standards print; see also the host's, on the same vectors."""

from dyadwire.errors import WireError
from wearable import cipher

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
TEXT = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
RFC_4493 = (
    (0, "bb1d6929e95937287fa37d129b756746"),
    (16, "070a16b46b4d4144f79bdd9dd04a287c"),
    (40, "dfa66747de9ae63030ca32611497c827"),
    (64, "51f0bebf7e3b9d92fc49741779363cfe"),
)
COUNTER = 0x01020304
STREAM_250 = (  # AES-128-CTR over zeros, first block 01020304 00000000 00000000 00000000
    "5a295022f1ed5fdc3e6ee358a685eb66631ffa08dcf67b24cd6b85bca7850ba76041057504cc71ca"
    "ba2e5708cb72760638c06aa65f335456baff3ac2f6d11f8b38a6047d9fe46b7016241f856bc4c035"
    "2c482f5758bd821ee84014fe6b174298311e5c341d779219ace4637b52d875703e34bcc834e72a13"
    "ecc593f56c0094b52192b24813fb33a004d8e0b798c0b6412bf502c4983820f63ad5a217714bb425"
    "ab277b24668e9f6c6cb3e1d93fbdb88d38542b2a28498701d6cebc7c755dcceec71e18e7bbed6864"
    "68b3b357f98f559ca601707a539bbc65d0073648f2f56a99db9ac8546b1a5b744e521d00779a9dd0"
    "0a611e9126ff43c04f25"
)


def made():
    return cipher.AesCipher(KEY + KEY)


def test_tags_are_those_that_rfc_4493_prints_in_any_order():
    one = made()
    for size, expected in RFC_4493 + tuple(reversed(RFC_4493)):
        assert bytes(one.tag(bytearray(TEXT), size)) == bytes.fromhex(expected), size


def test_the_stream_is_ctr_mode_of_sp_800_38a_for_every_length():
    expected = bytes.fromhex(STREAM_250)
    one = made()
    for size in range(251):
        buffer = bytearray(size + 2)
        one.crypt(buffer, 1, size + 1, COUNTER)
        assert bytes(buffer) == b"\0" + expected[:size] + b"\0", size
        one.crypt(buffer, 1, size + 1, COUNTER)
        assert not any(buffer)


def test_machine_code_and_python_combine_alike():
    pad = bytearray(range(100, 200))
    for start, end in ((0, 0), (3, 4), (5, 100)):
        one, other = bytearray(range(100)), bytearray(range(100))
        cipher.xor_into(one, start, end, pad)
        cipher.xor_plainly(other, start, end, pad)
        assert one == other


class Zeroing:
    """The chip's AES without memory for DMA: zeros, and no word of it."""

    def __init__(self, key, mode, start=b""):
        pass

    def encrypt(self, data, target=None):
        if target is None:
            return bytes(len(data))
        target[:] = bytes(len(target))


def test_a_chip_that_gives_zeros_for_a_tag_opens_no_session():
    real, cipher.aes = cipher.aes, Zeroing
    try:
        made()
        raise AssertionError("a constant tag was taken for one")
    except WireError as error:
        said = str(error)
    finally:
        cipher.aes = real
    assert "AES" in said


def test_no_call_to_the_chip_is_longer_than_128_bytes_of_cbc():
    sizes = []

    class Watching:
        def __init__(self, key, mode, *start):
            self.mode, self.real = mode, real(key, mode, *start)

        def encrypt(self, data, *target):
            if self.mode == 2:
                sizes.append(len(data))
            return self.real.encrypt(data, *target)

    real, cipher.aes = cipher.aes, Watching
    try:
        made().tag(bytearray(250), 250)
    finally:
        cipher.aes = real
    assert max(sizes) == 128
