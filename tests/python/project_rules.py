"""Rules of the project's structure, on what dbt knows of it: `python project_rules.py target/manifest.json`.

A node or macro may break a rule where it says why: `config: {meta: {exceptions: {name_of_the_rule: reason}}}`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from project_manifest import Project, Thing, layer
from project_rooms import Rooms

PREFIXES = {"staging": ("base_", "stg_"), "intermediate": ("int_",), "marts": ("",)}
RESERVED = ("base_", "stg_", "int_")
PARENTS = {
    "staging": {"staging", "seed", "source"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "marts", "seed"},
}
# Models that a reader can take in at once.
ROOM_SIZE = 16
# What a macro is on one database; dbt finds it by the macro's name.
DISPATCHED = re.compile(r"^(default|spark|sparksession|duckdb)__")

# The id of what breaks a rule, and how.
Finding = tuple[str, str]


def names_say_the_layer(project: Project) -> Iterator[Finding]:
    """Models begin with base_ or stg_ in staging and int_ in intermediate; marts with neither."""
    for key, model in project.of_type("model").items():
        fits = layer(model) in PREFIXES and model["name"].startswith(PREFIXES[layer(model)])
        if not fits or (layer(model) == "marts" and model["name"].startswith(RESERVED)):
            yield key, f"its name does not say that it is of the layer {layer(model)}"


def parents_are_of_layers_below(project: Project) -> Iterator[Finding]:
    """Staging reads staging, intermediate models what is staged, and marts what is intermediate."""
    for key, model in project.of_type("model").items():
        for parent in model["depends_on"]["nodes"]:
            found = layer(project.nodes[parent]) if parent in project.nodes else parent.partition(".")[0]
            if found not in PARENTS.get(layer(model), set()):
                yield key, f"it reads {parent}, which is of the layer {found}"


def keys_are_unique(project: Project) -> Iterator[Finding]:
    """A test or a constraint says of which columns there is one row each."""
    for key, model in project.of_type("model").items():
        constraints = [
            *model["constraints"],
            *(c for column in model["columns"].values() for c in column["constraints"]),
        ]
        keys = [
            columns
            for test in project.tests_of(key)
            if (test.get("test_metadata") or {}).get("name") == "column_rules"
            for columns in test["test_metadata"]["kwargs"].get("unique", [])
        ]
        if "primary_key" not in {c["type"] for c in constraints} and not keys:
            yield key, "no test or constraint says what its key is"


def models_are_tested(project: Project) -> Iterator[Finding]:
    """Some test of data or of SQL looks at every model and seed."""
    for key in project.of_type("model", "seed"):
        if not project.tests_of(key):
            yield key, "no test looks at it"


def everything_is_described(project: Project) -> Iterator[Finding]:
    """All that has a place for a description has one; implementations of a macro share that of its name."""
    for key, thing in (project.everything() | project.unit_tests).items():
        by_its_macro = thing.get("test_metadata") or thing["resource_type"] == "operation"
        if not thing["description"] and not by_its_macro and not DISPATCHED.match(thing["name"]):
            yield key, "it has no description"
        for part in ("columns", "arguments", "dimensions", "measures", "entities"):
            members = thing.get(part) or []
            for member in members.values() if isinstance(members, dict) else members:
                if not member["description"]:
                    yield key, f"{member['name']}, of its {part}, has no description"


def arguments_are_those_of_the_macro(project: Project) -> Iterator[Finding]:
    """The described arguments of a macro are those that it has, in their order."""
    for key, macro in project.macros.items():
        signature = re.search(r"{%-?\s*(?:macro|test)\s+\w+\s*\(([^)]*)\)", macro["macro_sql"])
        names = re.findall(r"(?:^|,)\s*(\w+)", signature[1]) if signature else []
        described = [argument["name"] for argument in macro["arguments"]]
        if names != described and not DISPATCHED.match(macro["name"]):
            yield key, f"it has the arguments {names}, and {described} are described"


def properties_stand_beside(project: Project) -> Iterator[Finding]:
    """A model is described in a file of its own name, beside it."""
    for key, model in project.of_type("model").items():
        expected = Path(model["original_file_path"]).with_suffix(".yml").as_posix()
        if (model["patch_path"] or "").partition("://")[2] != expected:
            yield key, f"it is not described in {expected}"


def rooms_are_small(project: Project) -> Iterator[Finding]:
    """No folder of models, of SQL and Python together, holds more than can be taken in at once."""
    for name, models in Rooms(project).models.items():
        if len(models) > ROOM_SIZE:
            for model in models:
                yield model["unique_id"], f"it is one of {len(models)} models of {name}, and {ROOM_SIZE} are allowed"


def macros_are_described_once(project: Project) -> Iterator[Finding]:
    """Macros are in folders of macros/, and those of a folder are described in one file, which bears its name."""
    for key, macro in project.macros.items():
        folder = Path(macro["original_file_path"]).parent
        if folder.parts[0] != "macros" or DISPATCHED.match(macro["name"]):
            continue
        expected = (folder / f"{folder.name}.yml").as_posix()
        described = (macro["patch_path"] or "").partition("://")[2]
        if len(folder.parts) != 2 or described != expected:
            yield key, f"it is in {folder.as_posix()} and described in {described or 'no file'}"


def marts_have_contracts(project: Project) -> Iterator[Finding]:
    """A mart has an enforced contract with a type for every column."""
    for key, model in project.of_type("model").items():
        if layer(model) != "marts":
            continue
        untyped = [name for name, column in model["columns"].items() if not column["data_type"]]
        if not model["config"]["contract"]["enforced"] or not model["columns"] or untyped:
            yield key, f"it has no enforced contract, or no type of {untyped}"


def nothing_is_unused(project: Project) -> Iterator[Finding]:
    """Something reads every model and seed but marts, calls every macro, and shows every doc block."""
    macros = {key: macro["macro_sql"] for key, macro in project.macros.items()}
    code = macros | {key: node["raw_code"] for key, node in project.nodes.items() if "raw_code" in node}
    for key, node in project.nodes.items():
        # Hooks that are set beside a Python model.
        code[key] = code.get(key, "") + "".join(hook["sql"] for hook in node["config"].get("post-hook", []))
    words = {key: set(re.findall(r"\w+", text)) for key, text in code.items()}
    for key, node in project.of_type("model", "seed").items():
        readers = [child for child in project.children.get(key, []) if not child.startswith(("test.", "unit_test."))]
        readers += [test["name"] for test in project.tests_of(key) if test.get("test_metadata") is None]
        named = any(node["name"] in words[macro] for macro in macros)
        if layer(node) != "marts" and not readers and not named and not node.get("time_spine"):
            yield key, "nothing reads it"
    materializations = {
        f"materialization_{node['config']['materialized']}_{adapter}"
        for node in project.nodes.values()
        for adapter in ("default", "duckdb")
    }
    for key, macro in project.macros.items():
        name = macro["name"].removeprefix("test_")
        kinds = {(node.get("test_metadata") or {}).get("name") for node in project.nodes.values()} | materializations
        called = name in kinds or any(name in found for other, found in words.items() if other != key)
        if not called and not DISPATCHED.match(name):
            yield key, "nothing calls it"
    shown = json.dumps([[thing.get("doc_blocks"), thing.get("columns")] for thing in project.everything().values()])
    for key, block in project.docs.items():
        # Those of the docs site itself are shown by it: __overview__.
        if f'"{key}"' not in shown and not block["name"].startswith("__"):
            yield key, "nothing shows it"


def layers_have_colors(project: Project) -> Iterator[Finding]:
    """In the lineage graph the models of a layer, and the seeds, have one colour, and no two layers the same."""
    nodes = project.of_type("model", "seed")
    colors: dict[str, list[str]] = {}
    for node in nodes.values():
        colors.setdefault(layer(node), []).append(node["config"]["docs"]["node_color"])
    usual = {name: max(sorted(set(map(str, found))), key=found.count) for name, found in colors.items()}
    for key, node in nodes.items():
        color = node["config"]["docs"]["node_color"]
        if color is None or color != usual[layer(node)] or list(usual.values()).count(color) > 1:
            yield key, f"its colour {color} is not that of the layer {layer(node)} alone"


def exposures_are_complete(project: Project) -> Iterator[Finding]:
    """An exposure has an owner, a maturity and an address, and reads marts only."""
    for key, exposure in project.exposures.items():
        if not (exposure["owner"].get("name") and exposure["maturity"] and exposure["url"]):
            yield key, "it has no owner, maturity or url"
        for parent in exposure["depends_on"]["nodes"]:
            if layer(project.nodes[parent]) != "marts":
                yield key, f"it reads {parent}, which is no mart"
        if not exposure["depends_on"]["nodes"]:
            yield key, "it reads nothing"


RULES: dict[str, Callable[[Project], Iterator[Finding]]] = {
    rule.__name__: rule
    for rule in (
        names_say_the_layer,
        parents_are_of_layers_below,
        keys_are_unique,
        models_are_tested,
        everything_is_described,
        arguments_are_those_of_the_macro,
        properties_stand_beside,
        rooms_are_small,
        macros_are_described_once,
        marts_have_contracts,
        nothing_is_unused,
        layers_have_colors,
        exposures_are_complete,
    )
}


def violations(manifest: Thing) -> list[str]:
    """Return what breaks the rules of a manifest without saying why, and exceptions that nothing needs.

    Parameters
    ----------
    manifest : dict
        What dbt writes to `target/manifest.json`.
    """
    project = Project(manifest)
    unused = {
        (key, rule): str(reason).strip()
        for key, thing in project.everything().items()
        for rule, reason in (thing["config"].get("meta") or {}).get("exceptions", {}).items()
    }
    excused = {exception for exception, reason in unused.items() if reason}
    found = []
    for name, rule in RULES.items():
        for key, problem in rule(project):
            if (key, name) in excused:
                unused.pop((key, name), None)
            else:
                found.append(f"{key}: {problem} ({name})")
    return found + [f"{key}: its exception from {rule} is needless, or gives no reason" for key, rule in unused]


if __name__ == "__main__":
    found = violations(json.loads(Path(sys.argv[1]).read_text()))
    print("\n".join([*found, f"{len(RULES)} rules, {len(found)} violations"]))
    sys.exit(bool(found))
