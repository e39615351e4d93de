"""What a manifest of dbt says of this project, for the rules of its structure."""

from __future__ import annotations

from typing import Any

PACKAGE = "segmentation"

Thing = dict[str, Any]


class Project:
    """What a manifest says of this project."""

    def __init__(self, manifest: Thing) -> None:
        def own(kind: str) -> dict[str, Thing]:
            return {key: thing for key, thing in manifest[kind].items() if thing["package_name"] == PACKAGE}

        self.nodes, self.macros, self.docs = own("nodes"), own("macros"), own("docs")
        self.sources, self.exposures, self.metrics = own("sources"), own("exposures"), own("metrics")
        self.semantic_models, self.unit_tests = own("semantic_models"), own("unit_tests")
        self.children: dict[str, list[str]] = manifest["child_map"]

    def of_type(self, *types: str) -> dict[str, Thing]:
        return {key: node for key, node in self.nodes.items() if node["resource_type"] in types}

    def everything(self) -> dict[str, Thing]:
        kinds = (self.nodes, self.macros, self.sources, self.exposures, self.metrics, self.semantic_models)
        return {key: thing for kind in kinds for key, thing in kind.items()}

    def tests_of(self, key: str) -> list[Thing]:
        """Tests that look at a node; of generic ones only those that are its own."""
        tests = [self.nodes.get(child) or self.unit_tests.get(child) for child in self.children.get(key, [])]
        return [
            test
            for test in tests
            if test and test["resource_type"] in ("test", "unit_test") and test.get("attached_node") in (None, key)
        ]


def layer(node: Thing) -> str:
    """Return the schema of a model; of anything else what it is."""
    return str(node["config"].get("schema") if node["resource_type"] == "model" else node["resource_type"])
