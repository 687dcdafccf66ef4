"""The host's ciphers against what the standards print."""

import hmac

import pytest

from dyadkit.links.cipher import HostCipher, sha256
from dyadwire import handshake

pytest.importorskip("cryptography")

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
TEXT = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
RFC_4493 = {
    0: "bb1d6929e95937287fa37d129b756746",
    16: "070a16b46b4d4144f79bdd9dd04a287c",
    40: "dfa66747de9ae63030ca32611497c827",
    64: "51f0bebf7e3b9d92fc49741779363cfe",
}
COUNTER = 0x01020304
STREAM_250 = (  # of AES-128-ECB over the numbered blocks, one by one
    "5a295022f1ed5fdc3e6ee358a685eb66631ffa08dcf67b24cd6b85bca7850ba76041057504cc71ca"
    "ba2e5708cb72760638c06aa65f335456baff3ac2f6d11f8b38a6047d9fe46b7016241f856bc4c035"
    "2c482f5758bd821ee84014fe6b174298311e5c341d779219ace4637b52d875703e34bcc834e72a13"
    "ecc593f56c0094b52192b24813fb33a004d8e0b798c0b6412bf502c4983820f63ad5a217714bb425"
    "ab277b24668e9f6c6cb3e1d93fbdb88d38542b2a28498701d6cebc7c755dcceec71e18e7bbed6864"
    "68b3b357f98f559ca601707a539bbc65d0073648f2f56a99db9ac8546b1a5b744e521d00779a9dd0"
    "0a611e9126ff43c04f25"
)


@pytest.mark.parametrize("size", RFC_4493)
def test_tags_are_those_that_rfc_4493_prints(size):
    assert HostCipher(KEY + KEY).tag(bytearray(TEXT), size).hex() == RFC_4493[size]


def test_the_stream_is_the_one_of_the_wearable():
    buffer = bytearray(252)
    HostCipher(KEY + KEY).crypt(buffer, 1, 251, COUNTER)
    assert buffer == b"\0" + bytes.fromhex(STREAM_250) + b"\0"


@pytest.mark.parametrize("size", [0, 1, 32, 63, 64, 65, 131, 1000])
def test_hmac_is_that_of_the_standard_library(size):
    key, message = bytes(range(size % 256)) * (size // 256 + 1), bytes(size)
    assert handshake.hmac(sha256, key, message) == hmac.digest(key, message, "sha256")
