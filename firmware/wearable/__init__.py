"""A wearable: sensors to blocks, blocks to flash and to the host.

Read `device` first: it builds everything. Then `sampler`, `blocks`, `recorder`, `send_queue`,
`radio`, `conversation`; `states` says what a wearable can be, `supervisor` keeps it alive.
"""
