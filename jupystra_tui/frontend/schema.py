"""A JSON schema of `config.toml`, made from the types, so that editors complete and check it."""

from typing import Any

import msgspec

from jupystra_tui.frontend.config import Config
from jupystra_tui.frontend.settings import CLUSTER_RULES
from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.options import OPTIONS, Option

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PRESET = {"type": "string", "description": "a preset that this cluster builds on"}


def config_schema(
    options: tuple[Option, ...] = OPTIONS, kind: type[JobRequest] = JobRequest
) -> dict[str, Any]:
    """Return the schema; `kind` has the fields of the launch options."""
    cluster = _properties(Cluster)
    del cluster["name"]
    for key, words in CLUSTER_RULES.words.items():
        cluster[key]["enum"] = list(words)
    cluster |= {"preset": _PRESET, "defaults": _table(_launch(options, kind))}
    top = _properties(Config)
    top["clusters"] = {"type": "object", "additionalProperties": _table(cluster)}
    return {"$schema": DIALECT, "title": "config.toml of jupystra-tui", **_table(top)}


def _launch(options: tuple[Option, ...], kind: type[JobRequest]) -> dict[str, Any]:
    fields = _properties(kind)
    for option in options:
        field = fields[option.name]
        field["description"] = option.help.replace("`", "")
        if option.choices:
            field["enum"] = [*(choice.value for choice in option.choices()), *option.former]
        if option.text_in_file:
            field |= {"type": ["string", "integer"], "default": option.write(field["default"])}
    return {option.name: fields[option.name] for option in options}


def _properties(kind: Any) -> dict[str, Any]:
    """Return the schema of each field of a struct."""
    (schema,), components = msgspec.json.schema_components([kind])
    own = components[schema["$ref"].rpartition("/")[2]]["properties"]
    return {
        name: {key: value for key, value in field.items() if key != "$ref"} for name, field in own.items()
    }


def _table(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}
