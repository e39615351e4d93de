"""Names: one a cluster, true of it, and the shipped archetypes for every number of segments."""

import csv

import numpy as np
import pytest
from conftest import PROJECT

from segmentation.clustering import nearest_centroids
from segmentation.model import fit_model
from segmentation.naming import MEASURES, Archetype, match_archetypes, median_positions


def shipped() -> list[Archetype]:
    with (PROJECT / "seeds/segment_archetypes.csv").open() as f:
        rows = [row for row in csv.DictReader(f) if row["kind"] == "cluster"]

    def measured(row: dict[str, str], part: str) -> tuple[float, ...]:
        return tuple(float(row[f"{m}_{part}"]) for m in MEASURES)

    return [
        Archetype(
            row["segment"],
            measured(row, "position"),
            measured(row, "from"),
            measured(row, "to"),
            float(row["max_median_frequency"] or "inf"),
        )
        for row in rows
    ]


def test_every_ideal_lies_within_its_own_bounds() -> None:
    for archetype in shipped():
        assert archetype.untruth(np.array(archetype.ideal), 1.0) == 0, archetype.name


def test_an_ideal_cluster_gets_its_own_name() -> None:
    archetypes = shipped()
    for archetype in archetypes:
        assert match_archetypes(np.array([archetype.ideal]), [1.0], archetypes) == [archetype.name]


def test_a_name_that_is_not_true_is_not_given_while_a_true_one_is_left() -> None:
    near_but_untrue = Archetype("untrue", (0.5,) * 4, (0.6,) * 4, (1.0,) * 4)
    far_but_true = Archetype("true", (0.0,) * 4, (0.0,) * 4, (1.0,) * 4)
    assert match_archetypes(np.full((1, 4), 0.5), [3.0], [near_but_untrue, far_but_true]) == ["true"]


def test_one_time_is_only_for_those_who_bought_once() -> None:
    position = np.array([[0.3, 0.2, 0.25, 0.4]])
    assert match_archetypes(position, [1.0], shipped()) == ["One-time"]
    assert match_archetypes(position, [2.0], shipped()) != ["One-time"]


def test_positions_are_mid_ranks_of_the_medians() -> None:
    values = np.array([[1.0], [1.0], [1.0], [5.0], [9.0]])
    positions = median_positions(values, np.array([0, 0, 0, 1, 1]))
    assert positions.ravel().tolist() == pytest.approx([0.3, 0.8])


def test_clusters_need_as_many_archetypes() -> None:
    with pytest.raises(ValueError, match="need as many archetypes"):
        match_archetypes(np.zeros((2, 4)), [1.0, 1.0], shipped()[:1])


def check_names(measures: np.ndarray, k: int) -> None:
    """Fit k clusters on recency, frequency and monetary; each name must be given once and be true."""
    archetypes = {a.name: a for a in shipped()}
    model = fit_model(
        measures[:, :3], ["recency_days", "frequency", "monetary"], measures, k, list(archetypes.values())
    )
    assert len(set(model.names)) == k
    labels = nearest_centroids(model.transformation.transform(measures[:, :3]), model.centroids)
    positions = median_positions(measures * [-1, 1, 1, 1], labels)
    for cluster, name in enumerate(model.names):
        frequency = float(np.median(measures[labels == cluster, 1]))
        assert archetypes[name].untruth(positions[cluster], frequency) == 0, (name, positions[cluster], frequency)


@pytest.mark.parametrize("k", range(2, 11))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_number_of_segments_gets_distinct_names_that_are_true(k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    tenure = rng.uniform(1, 700, 3000)
    rate = rng.gamma(0.8, 8, 3000) / 365
    alive = np.minimum(tenure, rng.exponential(300, 3000))
    frequency = 1 + rng.poisson(rate * alive)
    recency = np.maximum(1, tenure - alive * np.where(frequency > 1, rng.beta(frequency, 1), 0))
    monetary = frequency * rng.lognormal(4, 0.8, 3000)
    check_names(np.column_stack([recency, frequency, monetary, tenure]).round(), k)


@pytest.mark.parametrize("k", range(2, 11))
@pytest.mark.parametrize("build", ["sample_build", "online_retail_build"])
def test_names_are_true_on_the_sample_and_on_online_retail(k: int, build: str, request: pytest.FixtureRequest) -> None:
    rows = request.getfixturevalue(build).rows(
        "select recency_days, frequency, monetary, tenure_days from intermediate.int_clustering_features "
        "where is_fit_sample order by customer_id"
    )
    check_names(np.array(rows), k)


def test_the_version_changes_with_the_model_and_only_then() -> None:
    rng = np.random.default_rng(4)
    measures = np.column_stack(
        [rng.uniform(1, 99, 200), rng.integers(1, 9, 200), rng.uniform(1, 99, 200), rng.uniform(1, 99, 200)]
    )
    one, same, other = (fit_model(measures[:, :3], ["a", "b", "c"], measures, k, shipped()) for k in (3, 3, 4))
    assert one.version == same.version
    assert one.version != other.version
    assert len(one.version) == 12
