"""Runs before `main.py`: chooses the application; nothing here may fail."""

try:
    import slots

    slots.enter()
except Exception:  # noqa: BLE001 - what is frozen runs whatever flash holds
    pass
