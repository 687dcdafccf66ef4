"""The choice of the application, made before `main.py` runs; nothing here may fail."""

try:
    import slots

    slots.enter()
except Exception:  # noqa: BLE001 - what is frozen runs whatever flash holds
    pass
