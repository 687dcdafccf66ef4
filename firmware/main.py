"""The program of a wearable: it runs until it is switched off."""

import gc

room = bytearray(44_000)  # stays in one piece while modules are loaded: the buffers come here

try:
    from wearable import device

    del room
    gc.collect()
    device.run()
except Exception:
    import slots

    if not slots.is_on_trial():
        raise
    import machine

    machine.reset()  # an update that cannot even start: the next boots give it up
