"""A wearable: sensors to blocks, blocks to flash and to the host.

Read `device` first: it builds every part and hands it what it uses. Then `sensing`, `sampler`,
`blocks`, `recorder`, `send_queue`, `radio`, `conversation`, `flash_requests`; `states` says what a
wearable can be, `supervisor` keeps it alive.
"""
