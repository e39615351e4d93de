"""Names: one a cluster, true of it, and the shipped archetypes for every number of segments."""

import csv

import numpy as np
import pytest
from conftest import PROJECT

from segmentation.clustering import nearest_centroids
from segmentation.model import fit_model
from segmentation.naming import MEASURES, Archetype, Cluster, describe_clusters, match_archetypes


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
            float(row["min_median_frequency"] or 0),
            float(row["max_median_frequency"] or "inf"),
            float(row["max_tenure_share"] or 1),
        )
        for row in rows
    ]


def ideal_cluster(archetype: Archetype) -> Cluster:
    orders = max(1.0, archetype.min_median_frequency)
    return Cluster(archetype.ideal, orders, min(archetype.ideal[3], archetype.max_tenure_share))


def test_every_ideal_lies_within_its_own_bounds() -> None:
    for archetype in shipped():
        assert archetype.untruth(ideal_cluster(archetype)) == 0, archetype.name


def test_an_ideal_cluster_gets_its_own_name() -> None:
    archetypes = shipped()
    for archetype in archetypes:
        assert match_archetypes([ideal_cluster(archetype)], archetypes) == [archetype.name]


@pytest.mark.parametrize("lowest", [0.5001, 0.6, 0.99])
def test_a_name_that_is_not_true_is_not_given_while_a_true_one_is_left(lowest: float) -> None:
    near_but_untrue = Archetype("untrue", (0.5,) * 4, (lowest,) * 4, (1.0,) * 4)
    far_but_true = Archetype("true", (0.0,) * 4, (0.0,) * 4, (1.0,) * 4)
    assert match_archetypes([Cluster((0.5,) * 4, 3.0, 0.5)], [near_but_untrue, far_but_true]) == ["true"]


def test_one_time_is_only_for_those_who_bought_once() -> None:
    position = (0.3, 0.2, 0.25, 0.4)
    assert match_archetypes([Cluster(position, 1.0, 0.4)], shipped()) == ["One-time"]
    assert match_archetypes([Cluster(position, 2.0, 0.4)], shipped()) != ["One-time"]


def test_new_is_only_for_those_known_for_a_short_time() -> None:
    position = (0.7, 0.25, 0.35, 0.15)
    assert match_archetypes([Cluster(position, 1.0, 0.1)], shipped()) == ["New"]
    # Below most others in tenure, and yet known for most of the time there is.
    assert match_archetypes([Cluster(position, 1.0, 0.6)], shipped()) != ["New"]


def test_clusters_are_described_by_mid_ranks_of_their_medians() -> None:
    measures = np.array([[9.0, 1.0, 5.0, 20.0], [9.0, 1.0, 5.0, 10.0], [9.0, 1.0, 5.0, 10.0], [5.0, 5.0, 5.0, 5.0]])
    few, many = describe_clusters(measures, np.array([0, 0, 0, 1]))
    assert few == Cluster((0.375, 0.375, 0.5, 0.5), 1.0, 0.5)
    assert many == Cluster((0.875, 0.875, 0.5, 0.125), 5.0, 0.25)


def test_clusters_need_as_many_archetypes() -> None:
    with pytest.raises(ValueError, match="need as many archetypes"):
        match_archetypes([Cluster((0.5,) * 4, 1.0, 0.5)] * 2, shipped()[:1])


def check_names(measures: np.ndarray, k: int) -> None:
    """Fit k clusters on recency, frequency and monetary; each name must be given once and be true."""
    archetypes = {a.name: a for a in shipped()}
    model = fit_model(
        measures[:, :3], ["recency_days", "frequency", "monetary"], measures, k, list(archetypes.values())
    )
    assert len(set(model.names)) == k
    labels = nearest_centroids(model.transformation.transform(measures[:, :3]), model.centroids)
    for cluster, name in zip(describe_clusters(measures, labels), model.names, strict=True):
        assert archetypes[name].untruth(cluster) == 0, (name, cluster)


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
