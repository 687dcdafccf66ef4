"""The inner loops of the wire: machine code where it can be compiled, else plain Python."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dyadwire.plain import CRC_OF_NIBBLE, encode_into, put_checksum, stuff_into
else:
    try:
        from dyadwire.fast import CRC_OF_NIBBLE, encode_into, put_checksum, stuff_into
    except (ImportError, SyntaxError, ValueError):  # CPython; no compiler for this processor
        from dyadwire.plain import CRC_OF_NIBBLE, encode_into, put_checksum, stuff_into

__all__ = ("CRC_OF_NIBBLE", "encode_into", "put_checksum", "stuff_into")
