"""An image as official ones of MicroPython are laid out, of a chip's number, without a program."""

import hashlib
import struct

from dyadkit.devices.flashing.images import CHIP_NUMBERS

APPLICATION_AT = 0x10000


def header(chip, segments):
    return (
        bytes([0xE9, segments, 2, 0x20]) + bytes(8) + struct.pack("<H", chip) + bytes(9) + b"\x01"
    )


def application(chip, size=3000):
    body = (
        header(chip, 1) + struct.pack("<II", 0x42000020, size) + bytes(range(256)) * (size // 256)
    )
    body += bytes(size % 256)
    body += bytes(15 - len(body) % 16) + b"\xef"
    return body + hashlib.sha256(body).digest()


def partition(kind, subtype, offset, size, label):
    return struct.pack("<HBBII16sI", 0x50AA, kind, subtype, offset, size, label, 0)


def image(chip="ESP32-S3", file_system=(0x200000, 0x200000)):
    number = CHIP_NUMBERS[chip]
    table = partition(1, 2, 0x9000, 0x6000, b"nvs")
    table += partition(0, 0, APPLICATION_AT, 0x1F0000, b"factory")
    if file_system:
        table += partition(1, 0x81, *file_system, b"vfs")
    data = application(number).ljust(0x8000, b"\xff") + table
    return data.ljust(APPLICATION_AT, b"\xff") + application(number)
