"""What the tests' own way to run dbt takes over from one run to the next is what dbt would make anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from conftest import PARSED_AGAIN, PROJECT, dbt

# Another value than its own of each setting that is not a number, and not empty.
OTHERS: dict[str, Any] = {
    "keep_vanished_files": True,
    "column_map": {"description": "StockCode"},
    "ignored_columns": ["Note"],
    "order_status_meanings": {"picked": "stands"},
    "document_type_meanings": {"slip": "sale"},
    "placeholder_customers": ["0"],
    "join_customer_ids": True,
    "time_zone": "Europe/London",
    "exchange_rates": {"EUR": 1},
    "first_plausible_date": "2000-01-01",
    "last_plausible_date": "2050-01-01",
    "cancellation_prefix": "A",
    "audit": "full",
    "as_of_date": "2011-01-01",
    "frequency_unit": "days",
    "monetary_basis": "net",
    "cluster_features": ["recency_days", "attribute.Age"],
    "cluster_scaler": "robust",
    "cluster_algorithm": "auto",
    "segment_count": 5,
    "cluster_evaluation": "full",
    "knn_neighbors": 5,
    "refit": "never",
    "purchase_model": "bg_nbd",
    "campaign_map": {"customer_id": "Account"},
    "products": False,
    "category_map": {"category": "Line"},
    "attribute_map": {"customer_id": "Account"},
    "attributes": ["Age"],
    "attribute_kinds": {"Store": "category"},
}


def nodes(folder: Path, variables: dict[str, Any], *arguments: str) -> dict[str, Any]:
    folder.mkdir()
    parsed = dbt(folder, variables=variables, arguments=("--write-json", *arguments, "parse"))
    assert parsed.exit_code == 0, parsed.output
    manifest = json.loads((folder / "target/manifest.json").read_text())
    read = {part: manifest[part] for part in ("nodes", "unit_tests", "exposures", "metrics", "semantic_models")}
    for parsed_one in (one for part in read.values() for one in part.values()):
        # When it was parsed, and which macros it then called: a build calls them anew.
        parsed_one.pop("created_at", None)
        parsed_one.get("depends_on", {}).pop("macros", None)
    return read


def test_what_depends_on_variables_is_parsed_again(tmp_path: Path) -> None:
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["segmentation"]
    others = OTHERS | {
        name: "other" if value == "" else value * 2
        for name, value in settings.items()
        if name not in OTHERS.keys() | PARSED_AGAIN
    }
    assert [name for name in others if others[name] == settings[name]] == []
    taken_over = nodes(tmp_path / "taken_over", others)
    assert taken_over == nodes(tmp_path / "anew", others, "--no-partial-parse")
    first = taken_over["nodes"]["model.segmentation.int_fits"]
    assert json.loads(first["config"]["meta"]["segmentation"])["segment_count"] == 5
