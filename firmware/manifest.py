"""What is frozen into a MicroPython image: the wearable, the wire, asyncio.

Of the wire all but `meanings`, which holds words for people.
"""

# ruff: noqa: F821 - the names below are given by MicroPython's build
include("$(PORT_DIR)/boards/manifest.py")
package("wearable", opt=2)
WIRE = (
    "__init__", "codec", "errors", "exchange", "fast", "frames", "gatt", "messages", "states",
    "streams", "ticks",
)  # fmt: skip
package("dyadwire", files=[name + ".py" for name in WIRE], base_path="../shared", opt=2)
module("main.py", opt=2)
