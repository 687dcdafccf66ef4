"""The HTTP interface of a live session as an OpenAPI document; `/api` is its page."""

from typing import Any

from dyadkit.version import __version__

_ANSWER = {
    "type": "object",
    "properties": {
        "ok": {"type": "boolean"},
        "why": {"type": "string", "description": "in words, where it was not done"},
        "at_s": {"type": "number", "description": "of a mark: its session time in seconds"},
        "label": {"type": "string"},
    },
    "required": ["ok"],
}
_PERSON = {"type": "string", "enum": ["a", "b"], "description": "left out: it concerns both"}
_AGO = {
    "type": "number", "minimum": 0, "maximum": 600,
    "description": "how many seconds ago it happened: 0 is now",
}  # fmt: skip
_MARK = {
    "type": "object",
    "properties": {
        "label": {"type": "string", "minLength": 1, "maxLength": 1000},
        "kind": {"type": "string", "enum": ["event", "condition", "note"], "default": "event"},
        "person": _PERSON,
        "ago_s": _AGO,
    },
    "required": ["label"],
}


def document() -> dict[str, Any]:
    """The document, as OpenAPI 3.1 wants it."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "dyadkit live", "version": __version__,
                 "description": "A running recording of two people, on this computer only."},
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Mark": _MARK, "Answer": _ANSWER},
        },
        "paths": {
            "/api/state": {"get": _get("How both people, their coupling and the recording are.")},
            "/api/history": {"get": _get("Traces of a span of session time.", _HISTORY)},
            "/api/marks": {"post": _post("Set a mark. Answered once it is on disk.", _ref("Mark"))},
            "/api/end": {"post": _post("End the present condition.", _END)},
            "/api/undo": {"post": _post("Take the last mark back; the file keeps both lines.")},
            "/api/find": {"post": _post("Look which wearables are in reach.")},
            "/api/check": {"post": _post("Connect both wearables and look at their signals.")},
            "/api/start": {"post": _post("Start the recording.")},
            "/api/stop": {"post": _post("Stop the recording.")},
        },
    }  # fmt: skip


_END = {"type": "object", "properties": {"person": _PERSON, "ago_s": _AGO}}
_HISTORY = [
    {"name": name, "in": "query", "required": True, "schema": {"type": "number"}}
    for name in ("from_s", "to_s", "points")
]


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _fields(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _get(summary: str, parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "summary": summary,
        "parameters": parameters or [],
        "responses": {"200": {"description": "as it is now", "content": content}},
    }


def _post(summary: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = {"application/json": {"schema": _ref("Answer")}}
    return {
        "summary": summary,
        "requestBody": {"content": {"application/json": {"schema": body or _fields()}}},
        "responses": {
            "200": {"description": "done", "content": answer},
            "400": {"description": "the request has another shape"},
            "409": {"description": "not done; `why` says why", "content": answer},
        },
    }
