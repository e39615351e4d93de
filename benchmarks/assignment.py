"""Customers a second that neighbours assign, as a build does it: streamed from a table into a table.

Each run is a process of its own (``python -m benchmarks.assignment --help``), so that its memory can be measured: the
customers are written to a file before, 50,000 others are the reference, and 15 neighbours vote.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from segmentation.clustering import nearest_centroids
from segmentation.kmeans import fit_kmeans
from segmentation.model import SegmentationModel
from segmentation.scoring import Scorer
from segmentation.simulate.buyers import draw_population
from segmentation.transformation import Transformation

FloatArray = NDArray[np.float64]

REFERENCE = 50_000
NEIGHBORS = 15
BATCH = 100_000
FEATURES = ("recency_days", "frequency", "monetary")
_SEGMENTS = 6
_DAYS = 730
_DRAWN = 1_000_000
# So that what DuckDB keeps of the tables for later does not count as memory of the assignment.
_MEMORY_LIMIT = "128MiB"


def draw_customers(seed: int, count: int) -> FloatArray:
    """Draw recency in days, frequency and monetary of customers of the invented shop, shape (count, 3).

    Parameters
    ----------
    seed : int
    count : int
    """
    rng = np.random.default_rng([seed, 3])
    shop = draw_population(rng, count, _DAYS)
    left = np.minimum(shop.departure_day, _DAYS)
    orders = 1 + rng.poisson(shop.orders_per_day * np.maximum(left - shop.arrival_day, 0))
    # The time since the last order of a Poisson process, but not before the first.
    gap = rng.exponential(1 / np.maximum(shop.orders_per_day, 1e-6))
    last = np.where(orders > 1, np.maximum(left - gap, shop.arrival_day), shop.arrival_day)
    spent = np.round(shop.order_value * rng.gamma(6.0 * orders, 1 / 6.0), 2)
    return np.column_stack([1 + np.floor(_DAYS - last), orders, spent]).astype(float)


def write_customers(path: Path, count: int) -> None:
    """Write customers to a Parquet file, part by part."""
    schema = pa.schema([("customer_id", pa.string()), *((feature, pa.float64()) for feature in FEATURES)])
    with pq.ParquetWriter(path, schema) as writer:
        for number, start in enumerate(range(0, count, _DRAWN)):
            values = draw_customers(number + 1, min(_DRAWN, count - start))
            ids = pa.array(np.arange(start, start + len(values))).cast(pa.string())
            writer.write_table(pa.table([ids, *map(pa.array, values.T)], schema=schema))


def reference() -> tuple[Transformation, FloatArray, NDArray[np.int64], FloatArray]:
    """Return the transformation of the reference, its points, their segments and the centroids."""
    values = draw_customers(0, REFERENCE)
    transformation = Transformation.fit(values, FEATURES)
    points = transformation.transform(values)
    centroids = fit_kmeans(points, _SEGMENTS, seed=42)
    return transformation, points, nearest_centroids(points, centroids), centroids


def make_scorer() -> Scorer:
    """Return what scores customers by the reference."""
    transformation, points, labels, centroids = reference()
    model = SegmentationModel(transformation, centroids, tuple(f"segment {n}" for n in range(_SEGMENTS)))
    return Scorer(model, points, labels, np.linspace(0.1, 0.99, NEIGHBORS), np.linspace(0.1, 0.6, _SEGMENTS))


def measures_of(values: FloatArray) -> FloatArray:
    """Return what names are about, which say nothing of these customers: known since their last purchase."""
    return values[:, [0, 1, 2, 0, 0]]


def read_batches(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[tuple[pa.RecordBatch, FloatArray]]:
    """Yield the customers of a file in batches, and their features."""
    for batch in connection.read_parquet(str(path)).to_arrow_reader(BATCH):
        yield batch, np.column_stack([batch[feature].to_numpy() for feature in FEATURES])


def assign_alone(path: Path) -> dict[str, float]:
    """Assign the customers of a file, and keep nothing; return the seconds that neighbours took."""
    scorer, seconds, customers = make_scorer(), 0.0, 0
    with duckdb.connect(config={"memory_limit": _MEMORY_LIMIT}) as connection:
        for _, values in read_batches(connection, path):
            began = time.perf_counter()
            customers += len(scorer.assign(values, measures_of(values)))
            seconds += time.perf_counter() - began
    return {"customers": customers, "seconds": seconds}


def stream(path: Path) -> dict[str, float]:
    """Score the customers of a file into a table of a new database; return the seconds from table to table."""
    scorer = make_scorer()
    schema = pa.schema(
        [("customer_id", pa.string()), ("segment", pa.int64()), ("confidence", pa.float64()), ("rate", pa.float64())]
    )
    database = path.with_suffix(".duckdb")
    database.unlink(missing_ok=True)
    with (
        duckdb.connect(config={"memory_limit": _MEMORY_LIMIT}) as source,
        duckdb.connect(str(database), config={"memory_limit": _MEMORY_LIMIT}) as target,
    ):

        def scored() -> Iterator[pa.RecordBatch]:
            for batch, values in read_batches(source, path):
                s = scorer.score(values, measures_of(values))
                yield pa.record_batch([batch["customer_id"], s.segment, s.confidence, s.expected_buying_rate], schema)

        began = time.perf_counter()
        target.register("scored", pa.RecordBatchReader.from_batches(schema, scored()))
        target.execute("create table assigned as select * from scored")
        seconds = time.perf_counter() - began
        ((customers,),) = target.execute("select count(*) from assigned").fetchall()
    database.unlink()
    return {"customers": customers, "seconds": seconds}


def compare(path: Path) -> dict[str, float]:
    """Return how many customers of a file scikit-learn's exact classifier puts elsewhere, and the seconds it took."""
    transformation, points, labels, _ = reference()
    scorer, classifier = make_scorer(), KNeighborsClassifier(NEIGHBORS, n_jobs=-1).fit(points, labels)
    seconds, customers, different = 0.0, 0, 0
    with duckdb.connect() as connection:
        for _, values in read_batches(connection, path):
            began = time.perf_counter()
            theirs = classifier.predict(transformation.transform(values))
            seconds += time.perf_counter() - began
            customers += len(theirs)
            different += int((theirs != scorer.assign(values, measures_of(values))).sum())
    return {"customers": customers, "seconds": seconds, "different": different}


def main() -> None:
    """Do one of the runs and print what came out as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", choices=["write", "alone", "stream", "compare"])
    parser.add_argument("path", type=Path, help="Parquet file of the customers")
    parser.add_argument("--customers", type=int, default=1_000_000, help="how many to write (default: %(default)s)")
    options = parser.parse_args()
    if options.run == "write":
        write_customers(options.path, options.customers)
    else:
        runs = {"alone": assign_alone, "stream": stream, "compare": compare}
        print(json.dumps(runs[options.run](options.path)))


if __name__ == "__main__":
    main()
