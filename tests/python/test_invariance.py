"""The same lines give the same scores and segments: in any order, from any number of files and threads."""

from __future__ import annotations

import gzip
import random
import shutil
from pathlib import Path

import pytest
from conftest import AS_SHIPPED, PROFILE, SAMPLE, WITHOUT_TESTS, Build, dbt

COLUMNS = (
    "customer_id, recency_days, frequency, monetary, returned_value, cancelled_value, return_rate, shrunk_return_rate, "
    "is_high_return, interpurchase_days, r_score, f_score, m_score, rfm_segment, "
    "segment, segment_confidence, runner_up_segment, centroid_segment, model_version"
)
QUERIES = [
    f"select {COLUMNS} from marts.customer_segments order by customer_id",
    "select segment, centroid, scaled_centroid, center, scale from intermediate.int_segmentation_model "
    "order by segment, feature",
    "select * from marts.segmentation_candidates order by algorithm, segment_count",
    "select * from marts.segmentation_quality order by check_name, segment, subject",
    "select line_type, count(*), sum(amount) from marts.invoice_lines group by 1 order by 1",
    "select mu, kappa from intermediate.int_return_rate_prior",
    "select reason, count(*), sum(amount) from marts.rejected_invoice_lines group by 1 order by 1",
]
# What a new fit is tried on.
PAST = (
    "select * exclude (customer_id, cut_date), customer_id, cut_date from intermediate.int_validation_customers "
    "order by cut_date, customer_id"
)


@pytest.mark.parametrize("seed", [1] if PROFILE == "short" else [1, 2, 3])
def test_shuffled_lines_in_several_files_and_other_threads(sample_build: Build, tmp_path: Path, seed: int) -> None:
    header, *lines = gzip.decompress(SAMPLE.read_bytes()).decode().splitlines()
    random.Random(seed).shuffle(lines)
    third = len(lines) // 3
    for n, part in enumerate((lines[:third], lines[third : 2 * third], lines[2 * third :])):
        (tmp_path / f"{n}.csv").write_text("\n".join((header, *part)) + "\n")
    # Other builds of these tests have one thread for sums.
    threads, sums = str(seed), str(seed + 1)
    shuffled = dbt(
        tmp_path,
        tmp_path / "*.csv",
        AS_SHIPPED,
        arguments=(*WITHOUT_TESTS, "--threads", threads),
        environment={"OMP_NUM_THREADS": sums, "OPENBLAS_NUM_THREADS": sums},
    )
    assert shuffled.exit_code == 0, shuffled.output
    for query in (*QUERIES, PAST):
        assert shuffled.rows(query) == sample_build.rows(query)


def test_built_again_the_tables_are_the_same(tmp_path: Path, sample_build: Build) -> None:
    shutil.copy(sample_build.warehouse, tmp_path / "warehouse.duckdb")
    again = dbt(tmp_path, variables=AS_SHIPPED, arguments=WITHOUT_TESTS)
    assert again.exit_code == 0, again.output
    for query in (*QUERIES, PAST, "select * from marts.segment_profiles order by segment"):
        assert again.rows(query) == sample_build.rows(query)
