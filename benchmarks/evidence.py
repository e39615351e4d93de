"""Write the tables of docs/method.md: what features and the number of segments do to stability and validity.

Run with ``make evidence``; it takes some minutes. The data are the sample and, where the environment variable
ONLINE_RETAIL names its file, Online Retail.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from segmentation.backtest import cut_of
from segmentation.comparison import Candidate
from segmentation.segmentation import Segmentation
from segmentation.transformation import ATTRIBUTE, Transformation, skewness
from segmentation.validity import auc, predict_buyers, top_share
from segmentation_dbt.fits import with_attributes

PROJECT = Path(__file__).parents[1]
METHOD = PROJECT / "docs/method.md"
RFM = ["recency_days", "frequency", "monetary"]
DEFAULT = [*RFM, "is_repeat_customer"]
FEATURE_SETS = [
    DEFAULT,
    RFM,
    [*DEFAULT, "return_rate"],
    [*DEFAULT, "avg_order_value"],
    [*DEFAULT, "tenure_days"],
    [*DEFAULT, "interpurchase_days"],
]
# Of the sample: one follows its planted groups, one tells nothing, and a tier is what orders of today make of it.
ATTRIBUTES = ["attribute.Age", "attribute.Visits"]
TIER = "attribute.Tier"
FITTED = "from intermediate.int_clustering_features where is_fit_sample order by customer_id"
SEED = 42


def main() -> int:
    """Build the data sets and write the tables; return the exit code."""
    data = {"the sample": PROJECT / "data/sample/invoices.csv.gz"}
    if os.environ.get("ONLINE_RETAIL"):
        data["Online Retail"] = Path(os.environ["ONLINE_RETAIL"])
    text = METHOD.read_text()
    for name, path in data.items():
        with tempfile.TemporaryDirectory() as folder:
            warehouse = build(path, Path(folder))
            for table, lines in (("features", features_table(warehouse)), ("counts", counts_table(warehouse))):
                text = replace_table(text, f"{table} of {name}", lines)
                print(f"{table} of {name}", *lines, sep="\n", flush=True)
            text = replace_table(text, f"skewness of {name}", skewness_table(warehouse))
            if name == "the sample":
                text = replace_table(text, f"attributes of {name}", attributes_table(warehouse))
    METHOD.write_text(text)
    return 0


def build(invoices: Path, folder: Path) -> Path:
    """Build the models on invoice files, without tests; return the warehouse."""
    warehouse = folder / "warehouse.duckdb"
    environment = os.environ | {"SEGMENTS_WAREHOUSE": str(warehouse), "INVOICE_FILES": str(invoices.absolute())}
    variables: dict[str, str | list[str]] = {"cluster_evaluation": "quick"}
    if invoices.parent == PROJECT / "data/sample":
        names = [feature.removeprefix(ATTRIBUTE) for feature in ATTRIBUTES]
        variables |= {"attributes": names, "cluster_features": [*DEFAULT, *ATTRIBUTES]}
    command = [
        *(str(Path(sys.executable).parent / "dbt"), "run", "--quiet", "--vars", json.dumps(variables)),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
    ]
    subprocess.run([command[0], "seed", *command[2:]], cwd=PROJECT, env=environment, check=True)
    subprocess.run(command, cwd=PROJECT, env=environment, check=True)
    return warehouse


def read(warehouse: Path, query: str) -> pd.DataFrame:
    """Return the result of a query, with attributes by their names."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return with_attributes(connection.sql(query).df(), ATTRIBUTES)


def features_table(warehouse: Path) -> list[str]:
    """Return one row a set of features: the choice, its stability, and what it tells out of time."""
    return [
        "| features | segments | least Jaccard | excess silhouette | AUC | AUC, blended | top tenth's revenue |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {', '.join(features)} | {chosen.segment_count} | {chosen.min_jaccard:.2f} | "
            f"{chosen.silhouette_excess:.3f} | {hard:.3f} | {blended:.3f} | {share:.1%} |"
            for features in FEATURE_SETS
            for chosen, (hard, blended, share) in [measured(warehouse, features)]
        ),
    ]


def attributes_table(warehouse: Path) -> list[str]:
    """Return one row an attribute beside the default features, and one without: stability and what it tells."""
    return [
        "| besides the default features | segments | least Jaccard | ARI of two halves | excess silhouette | AUC | "
        "AUC, blended | top tenth's revenue |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {', '.join(attributes) or 'nothing'} | {chosen.segment_count} | {chosen.min_jaccard:.2f} | "
            f"{chosen.split_half_ari:.2f} | {chosen.silhouette_excess:.3f} | {hard:.3f} | {blended:.3f} | {share:.1%} |"
            for attributes in ([], *([attribute] for attribute in [*ATTRIBUTES, TIER]))
            for chosen, (hard, blended, share) in [measured(warehouse, [*DEFAULT, *attributes])]
        ),
    ]


def measured(warehouse: Path, features: list[str]) -> tuple[Candidate, tuple[float, float, float]]:
    """Return the candidate that is chosen by these features, and its validity."""
    customers = with_tier(warehouse, read(warehouse, FITTED))
    candidates, _ = Segmentation(features=features, random_seed=SEED, workers=2).compare(customers)
    (chosen,) = [c for c in candidates if c.is_chosen]
    return chosen, validity(warehouse, features, chosen)


def with_tier(warehouse: Path, customers: pd.DataFrame) -> pd.DataFrame:
    """Return customers with the tier that their orders up to today make, as a table of a shop would have it."""
    today = read(warehouse, "select customer_id, frequency from intermediate.int_clustering_features")
    orders = customers["customer_id"].map(today.set_index("customer_id")["frequency"])
    return customers.assign(**{TIER: np.searchsorted([2, 5, 10, 20], orders, side="right")})


def counts_table(warehouse: Path) -> list[str]:
    """Return one row a number of segments by the default features."""
    rows = ["| segments | AUC | AUC, blended | top tenth's revenue |", "| ---: | ---: | ---: | ---: |"]
    for count in range(2, 11):
        candidate = Candidate("kmeans", count, float(count), 0, 0.0, 0.0)
        hard, blended, share = validity(warehouse, DEFAULT, candidate)
        rows.append(f"| {count} | {hard:.3f} | {blended:.3f} | {share:.1%} |")
    return rows


def skewness_table(warehouse: Path) -> list[str]:
    """Return one row a feature: skewness as it is, of its logarithm, and capped."""
    customers = read(warehouse, FITTED)
    values = customers[RFM].to_numpy(dtype=float)
    before = skewness(values)
    logs, capped = (
        skewness(Transformation.fit(values, RFM, cap_share=share).transform(values)) for share in (0.0, 0.005)
    )
    return [
        "| feature | as it is | logarithm | capped logarithm |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {feature} | {one:.2f} | {two:.2f} | {three:.2f} |"
            for feature, one, two, three in zip(RFM, before, logs, capped, strict=True)
        ),
    ]


def validity(warehouse: Path, features: list[str], chosen: Candidate) -> tuple[float, float, float]:
    """Return AUC of segments and of blended rates, and the revenue share of their top tenth, at the latest cut."""
    customers = read(warehouse, "from intermediate.int_validation_customers order by cut_date desc, customer_id")
    customers = with_tier(warehouse, customers)
    days = [of_day for _, of_day in customers.groupby("cut_date", sort=False)]
    known, earlier = (cut_of(of_day, features) for of_day in days[:2])
    seed = pd.read_csv(PROJECT / "seeds/rfm_segments.csv", dtype=str)
    codes = dict(zip(seed["rfm_score"], seed["rfm_segment"], strict=True))
    segmentation = Segmentation(features=features, random_seed=SEED)
    model = segmentation.name_clusters(days[0], "kmeans", chosen.setting)
    predicted = predict_buyers(known, earlier, model, codes)
    areas = [auc(predicted[name], known.bought)[0] for name in ("segments", "segments_blended")]
    return areas[0], areas[1], top_share(predicted["segments_blended"], known.spend)


def replace_table(text: str, name: str, lines: list[str]) -> str:
    """Return the text with the table between its marks replaced.

    Raises
    ------
    ValueError
        If the text has no such marks.
    """
    pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"docs/method.md has no place for: {name}")
    return pattern.sub(lambda marks: marks[1] + "\n" + "\n".join(lines) + "\n\n" + marks[2], text)


if __name__ == "__main__":
    sys.exit(main())
