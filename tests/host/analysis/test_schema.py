"""The published schema of results: every result keeps to it, and nothing in it goes away."""

import json

import pytest

import dyadkit
from dyadkit.analysis.schema import current, published
from dyadkit.dyad.schema import missing_from
from dyadkit.sim.people import bodies

KINDS = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
    "number": (int, float), "null": type(None),
}  # fmt: skip


def faults(value, schema, whole, place="result"):
    """Where a JSON value departs from a schema of the few keywords that ours uses."""
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        tried = [faults(value, one, whole, place) for one in schema["anyOf"]]
        return [] if [] in tried else min(tried, key=len)
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if kinds and not any(_is(value, kind) for kind in kinds):
        return [f"{place} is no {' or '.join(kinds)}: {str(value)[:40]}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place} is none of {schema['enum']}: {value}"]
    return [fault for part in _parts(value, schema, place) for fault in faults(*_on(part, whole))]


def _on(part, whole):
    value, schema, place = part
    return value, schema, whole, place


def _is(value, kind):
    return isinstance(value, KINDS[kind]) and not (
        isinstance(value, bool) and kind in ("integer", "number")
    )


def _parts(value, schema, place):
    """What stands within a value, each with its schema; a missing field as one of no type."""
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield name, {"enum": []}, f"{place} without"
        for name, inner in value.items():
            yield inner, known.get(name, schema.get("additionalProperties", {})), f"{place}.{name}"
    elif isinstance(value, list):
        heads = schema.get("prefixItems", [])
        if len(value) < schema.get("minItems", 0):
            yield value, {"enum": []}, f"{place} shorter than {schema['minItems']}"
        for k, inner in enumerate(value):
            yield inner, heads[k] if k < len(heads) else schema.get("items", {}), f"{place}[{k}]"


def met(seconds, seed=3):
    return bodies.perfect_dyad(bodies.meet(bodies.Encounter(), seconds, seed))


@pytest.fixture(scope="module")
def results():
    """A minute, of which hardly anything can be said, and ten of which nearly all can."""
    return [dyadkit.analyze(met(60.0)), dyadkit.analyze(met(600.0), others=[met(600.0, 4)])]


def test_every_result_keeps_to_the_published_schema(results, tmp_path):
    schema = published()
    for k, result in enumerate(results):
        assert faults(result.to_dict(), schema, schema) == []
        result.save(tmp_path / f"{k}.json")  # with long series apart, in their twin
        assert faults(json.loads((tmp_path / f"{k}.json").read_text()), schema, schema) == []
        assert result.to_dict()["schema_version"] == 1


def test_a_wrong_type_a_missing_field_and_an_unknown_word_are_noticed(results):
    schema = published()
    plain = results[0].to_dict()
    for change in ({"duration_s": "long"}, {"seed": None}, {"said": [{"sentence": 3}]}):
        assert faults(plain | change, schema, schema)
    del plain["quality"]
    assert faults(plain, schema, schema) == ["result without is none of []: quality"]


def test_nothing_that_was_published_is_gone():
    assert list(missing_from(current(), published())) == []


def test_the_published_schema_holds_every_field_there_is():
    assert published() == current(), "write it anew: python -m dyadkit.analysis.schema"


def test_a_field_that_goes_or_changes_its_type_is_noticed():
    older, newer = published(), published()
    del newer["$defs"]["Statement"]["properties"]["limits"]
    newer["$defs"]["Coupling"]["properties"]["p"] = {"type": "string"}
    newer["$defs"]["About"] = {"type": "string"}
    gone = list(missing_from(newer, older))
    assert any("Statement/properties/limits" in one for one in gone)
    assert any("Coupling/properties/p/type" in one for one in gone)
    assert len(gone) == 2
