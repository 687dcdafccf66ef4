"""The server of a live page: it hands on what a recorder says and what pages ask, and no more.

Rules of this folder: loopback only; nothing without the token; what comes from a page is a message
of a known shape or refused; a page that does not keep up is dropped. It holds no radio and writes
no file.

`guard` decides who may speak, `relay` speaks with the recorder and keeps what it said, `app` is
the HTTP and socket side, `openapi` describes it, `running` starts it.
"""
