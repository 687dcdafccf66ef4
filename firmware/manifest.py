"""What is frozen into a MicroPython image: the wearable, the wire, asyncio."""

# ruff: noqa: F821 - the names below are given by MicroPython's build
include("$(PORT_DIR)/boards/manifest.py")
package("wearable", opt=2)
package("dyadwire", base_path="../shared", opt=2)
module("main.py", opt=2)
