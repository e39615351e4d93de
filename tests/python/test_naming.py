"""Names: one a cluster, true of it, and the shipped archetypes for every number of segments."""

import csv
import datetime
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT, WITH_TESTS, Build, dbt, write_lines
from scipy.optimize import linear_sum_assignment

from segmentation.assignment import NearestNeighbors, choose_neighbors, hold_out
from segmentation.clustering import nearest_centroids
from segmentation.model import describe_model, fit_clusters, fit_model, fitted_centroids
from segmentation.naming import MEASURES, Archetype, Cluster, describe_clusters, match_archetypes
from segmentation.transformation import Transformation


def seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / f"seeds/{name}.csv").open() as f:
        return list(csv.DictReader(f))


def shipped() -> list[Archetype]:
    rows = [row for row in seed("segment_archetypes") if row["kind"] == "cluster"]

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


Bounds = tuple[float, float, float, float]


def bounds_of_words(claim: str, measure: str) -> Bounds:
    """Position from and to, and least and most median orders, that the words of a claim mean for a measure."""
    words = {row["word"]: row for row in seed("claim_words")}
    spoken = [words[word] for word in claim.split(", ")]
    said = [word for word in spoken if word["measure"] == measure]
    return (
        max((float(word["position_from"] or 0) for word in said), default=0),
        min((float(word["position_to"] or 1) for word in said), default=1),
        max((float(word["min_median_frequency"] or 0) for word in said), default=0),
        min((float(word["max_median_frequency"] or "inf") for word in said), default=float("inf")),
    )


def bounds_of_row(row: dict[str, str], measure: str) -> Bounds:
    of_orders = measure == "frequency"
    return (
        float(row[f"{measure}_from"] or 0),
        float(row[f"{measure}_to"] or 1),
        float((of_orders and row.get("min_median_frequency")) or 0),
        float((of_orders and row.get("max_median_frequency")) or "inf"),
    )


def disagreements(row: dict[str, str]) -> list[str]:
    """Measures on which a claim says more than the bounds hold, or nothing of a bound."""
    found = []
    for measure in MEASURES:
        said, held = bounds_of_words(row["claim"], measure), bounds_of_row(row, measure)
        true = all(sign * h >= sign * s for sign, h, s in zip((1, -1, 1, -1), held, said, strict=True))
        # A least position and a least number of orders bound the same side; so do the two others.
        told = all(
            (held[side], held[side + 2]) == (none, none_of_orders)
            or (said[side], said[side + 2]) != (none, none_of_orders)
            for side, none, none_of_orders in ((0, 0, 0), (1, 1, float("inf")))
        )
        if not (true and told):
            found.append(measure)
    if row.get("max_tenure_share") and bounds_of_words(row["claim"], "tenure")[1] == 1:
        found.append("share of the longest tenure")
    return found


CLAIMS = [row for row in seed("segment_archetypes") if row["kind"] == "cluster"] + seed("rfm_segment_claims")


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row["claim"])
def test_claims_say_what_the_bounds_hold_and_every_bound_is_said(row: dict[str, str]) -> None:
    assert disagreements(row) == []


def test_every_word_of_the_claims_is_used() -> None:
    assert {word for row in CLAIMS for word in row["claim"].split(", ")} == {row["word"] for row in seed("claim_words")}


def test_a_claim_that_says_too_much_or_too_little_is_noticed() -> None:
    no_bounds = {f"{measure}_{side}": "" for measure in MEASURES for side in ("from", "to")}
    assert disagreements(no_bounds | {"claim": "recent"}) == ["recency"]
    assert disagreements(no_bounds | {"claim": "recent", "recency_from": "0.4"}) == ["recency"]
    assert disagreements(no_bounds | {"claim": "recent", "recency_from": "0.5"}) == []
    assert disagreements(no_bounds | {"claim": "recent", "recency_from": "0.5", "recency_to": "0.9"}) == ["recency"]
    assert disagreements(no_bounds | {"claim": "recent", "recency_from": "0.5", "tenure_to": "0.5"}) == ["tenure"]
    assert disagreements(no_bounds | {"claim": "one order", "max_median_frequency": "2"}) == ["frequency"]
    assert disagreements(no_bounds | {"claim": "one order", "max_median_frequency": "1"}) == []


def test_every_code_lies_within_the_bounds_of_its_name() -> None:
    """A score of s means that at least (s - 1) / 5 of the customers have lower values, and fewer than s / 5.

    So a name is true of each customer of a code, whatever the data, and hence of the median, if its lower
    bound is at most (s - 1) / 5 and its upper bound at least s / 5. Tenure is no part of a code.
    """
    claims = {row["rfm_segment"]: row for row in seed("rfm_segment_claims")}
    wrong = []
    for code in seed("rfm_segments"):
        for measure, score in zip(MEASURES[:3], code["rfm_score"], strict=True):
            lowest, highest, _, _ = bounds_of_row(claims[code["rfm_segment"]], measure)
            if lowest > (int(score) - 1) / 5 or highest < int(score) / 5:
                wrong.append((*code.values(), measure))
    assert wrong == []


def with_ideals() -> list[Archetype]:
    """The shipped archetypes but for those of last resort, whose ideal no cluster can have."""
    return [archetype for archetype in shipped() if max(archetype.ideal) <= 1]


def ideal_cluster(archetype: Archetype) -> Cluster:
    orders = max(1.0, archetype.min_median_frequency)
    return Cluster(archetype.ideal, orders, min(archetype.ideal[3], archetype.max_tenure_share))


def test_every_ideal_lies_within_its_own_bounds() -> None:
    for archetype in with_ideals():
        assert archetype.untruth(ideal_cluster(archetype)) == 0, archetype.name


def test_an_ideal_cluster_gets_its_own_name() -> None:
    archetypes = shipped()
    for archetype in with_ideals():
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


def test_a_cluster_of_which_nothing_is_true_is_a_mixed_group() -> None:
    # Orders often, spends much, is new and has been gone longest of all: nobody's description.
    strange = Cluster((0.0, 0.6, 0.9, 0.1), 5.0, 0.01)
    archetypes = shipped()
    assert min(a.untruth(strange) for a in with_ideals()) > 0
    assert match_archetypes([strange], archetypes) == ["Mixed group"]
    names = match_archetypes([strange, strange, strange, ideal_cluster(with_ideals()[0])], archetypes)
    assert sorted(names[:3]) == ["Mixed group", "Second mixed group", "Third mixed group"]
    assert names[3] == with_ideals()[0].name


def test_clusters_need_as_many_archetypes() -> None:
    with pytest.raises(ValueError, match="need as many archetypes"):
        match_archetypes([Cluster((0.5,) * 4, 1.0, 0.5)] * 2, shipped()[:1])


def fit(measures: np.ndarray, k: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Fit k clusters on recency, frequency and monetary; return their names and the cluster of each customer."""
    values = measures[:, :3]
    model = fit_model(values, ["recency_days", "frequency", "monetary"], measures, k, shipped())
    return model.names, nearest_centroids(model.transformation.transform(values), model.centroids)


def check_names(measures: np.ndarray, k: int) -> None:
    """Each name of k clusters must be given once and be true."""
    archetypes = {a.name: a for a in shipped()}
    names, labels = fit(measures, k)
    assert len(set(names)) == k
    for cluster, name in zip(describe_clusters(measures, labels), names, strict=True):
        assert archetypes[name].untruth(cluster) == 0, (name, cluster)


def fitted_measures(build: Build) -> np.ndarray:
    rows = build.rows(
        "select recency_days, frequency, monetary, tenure_days from intermediate.int_clustering_features "
        "where is_fit_sample order by customer_id"
    )
    return np.array(rows, dtype=float)


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
    check_names(fitted_measures(request.getfixturevalue(build)), k)


@pytest.mark.parametrize("k", range(4, 9))
@pytest.mark.parametrize("build", ["sample_build", "online_retail_build"])
def test_names_stay_when_a_few_customers_are_missing(k: int, build: str, request: pytest.FixtureRequest) -> None:
    """Without a random 2 % of the customers a cluster that is found again has its name, ten times of ten.

    Clusters are matched so that they overlap most; one is found again where their Jaccard index is at least
    0.75, what Hennig (2007) asks of a stable cluster. K-Means itself does not find all of them again each time
    (never eight on Online Retail); where it does, 95 % of the customers keep their name (median).
    """
    measures = fitted_measures(request.getfixturevalue(build))
    names, labels = fit(measures, k)
    rng = np.random.default_rng(1)
    kept = []
    found_again = 0
    for _ in range(10):
        rest = np.sort(rng.permutation(len(measures))[len(measures) // 50 :])
        names_again, labels_again = fit(measures[rest], k)
        before, after = np.eye(k)[labels[rest]], np.eye(k)[labels_again]
        both = before.T @ after
        jaccard = both / (before.sum(axis=0)[:, None] + after.sum(axis=0) - both)
        one, other = linear_sum_assignment(-jaccard)
        found = jaccard[one, other] >= 0.75
        found_again += int(found.sum())
        assert [names[c] for c in one[found]] == [names_again[c] for c in other[found]]
        if found.all():
            kept.append(float((np.array(names)[labels[rest]] == np.array(names_again)[labels_again]).mean()))
    assert found_again >= 10 * k / 2
    assert not kept or np.median(kept) >= 0.95


SMALL_SHOP = 300
RFM = ["recency_days", "frequency", "monetary"]


def small_shop(seed: int) -> np.ndarray:
    """Orders of 300 customers, loyal ones and passers-by: customer, days ago, amount."""
    rng = np.random.default_rng(seed)
    orders = []
    for customer in range(SMALL_SHOP):
        is_loyal = rng.random() < 0.5
        count = 1 + rng.poisson(7 if is_loyal else 0.4)
        last = int(rng.lognormal(5.3 if is_loyal else 3, 0.7))
        first = last + int((500 if is_loyal else 40) * rng.random())
        amount = round(float(rng.lognormal(7 if is_loyal else 3.5, 0.8) / count**0.2), 2)
        between = rng.integers(last, first + 1, max(count - 2, 0))
        orders += [(customer, day, amount) for day in [last, first, *between][:count]]
    return np.array(orders)


def measures_of(orders: np.ndarray) -> np.ndarray:
    """Recency, frequency, monetary and tenure of the customers of a shop."""
    orders = orders - [0, orders[:, 1].min() - 1, 0]
    of_customers = [orders[orders[:, 0] == customer, 1:] for customer in range(SMALL_SHOP)]
    return np.array(
        [(days.min(), len(days), amounts.sum(), days.max()) for days, amounts in (c.T for c in of_customers)]
    )


def test_names_of_small_shops_are_true_of_those_who_are_voted_into_the_segments() -> None:
    """In a small cluster these are others than those who were fitted into it, and names of those would be untrue."""
    archetypes = {a.name: a for a in shipped()}
    untrue: dict[str, list[str]] = {"fitted": [], "voted": []}
    for seed_number in range(15, 25):
        measures = measures_of(small_shop(seed_number))
        transformation = Transformation.fit(measures[:, :3], RFM)
        points = transformation.transform(measures[:, :3])
        labels = fit_clusters(points, 4, 42)
        neighbors = choose_neighbors(hold_out(points, labels, 4))
        voted = NearestNeighbors(points, labels, fitted_centroids(points, labels), neighbors).assign(points).label
        for way, counted in (("fitted", None), ("voted", neighbors)):
            model = describe_model(measures[:, :3], measures, labels, transformation, shipped(), neighbors=counted)
            for cluster, name in zip(describe_clusters(measures, voted), model.names, strict=True):
                untrue[way] += [name] if archetypes[name].untruth(cluster) > 0.05 else []
    assert untrue["voted"] == []
    assert untrue["fitted"] != []


def test_a_cluster_that_nobody_is_voted_into_has_the_name_of_those_who_were_fitted_into_it() -> None:
    rng = np.random.default_rng(1)
    measures = np.column_stack(
        [rng.uniform(1, 300, 60), rng.integers(1, 9, 60), rng.uniform(1, 99, 60), np.full(60, 300)]
    )
    labels = np.repeat([0, 1], [57, 3])
    transformation = Transformation.fit(measures[:, :3], RFM)
    fitted, voted = (
        describe_model(measures[:, :3], measures, labels, transformation, shipped(), neighbors=neighbors)
        for neighbors in (None, 31)
    )
    assert voted.names[1] == fitted.names[1]
    assert len(voted.names) == 2


def test_the_names_of_a_small_shop_are_true_in_its_build(tmp_path: Path) -> None:
    start = datetime.date(2022, 1, 1)
    lines = [
        f"{n},P1,MUG,1,{start - datetime.timedelta(days=int(days))} 10:00:00,{amount},c{customer:.0f},UK"
        for n, (customer, days, amount) in enumerate(small_shop(21))
    ]
    build = dbt(tmp_path, write_lines(tmp_path / "lines.csv", *lines), {"segment_count": 4}, WITH_TESTS)
    assert build.exit_code == 0, build.output
    rows = build.rows("select recency_days, frequency, monetary, tenure_days, segment from marts.customer_segments")
    names, labels = np.unique([row[4] for row in rows], return_inverse=True)
    archetypes = {a.name: a for a in shipped()}
    clusters = describe_clusters(np.array([row[:4] for row in rows], dtype=float), labels)
    assert {name: archetypes[name].untruth(c) for name, c in zip(names, clusters, strict=True)} == dict.fromkeys(
        names, 0
    )


def swap(path: Path, one: str, other: str) -> None:
    """Swap two names in the first column of a seed."""
    swapped = {one: other, other: one}
    with path.open() as f:
        header, *rows = csv.reader(f)
    with path.open("w", newline="") as f:
        csv.writer(f).writerows([header, *([swapped.get(row[0], row[0]), *row[1:]] for row in rows)])


def test_wrong_names_fail_the_build(sample_build: Build, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".*", "data", "target", "logs", "*.duckdb*"))
    swap(project / "seeds/segment_archetypes.csv", "VIP", "One-time")
    swap(project / "seeds/rfm_segment_claims.csv", "Champions", "Lost")
    shutil.copy(sample_build.warehouse, tmp_path / "warehouse.duckdb")
    names = ("segment_archetypes", "rfm_segment_claims", "segment_names_are_true", "rfm_names_are_true")
    arguments = ("build", "--indirect-selection", "empty", "--project-dir", str(project), "--select", *names)
    build = dbt(tmp_path, arguments=arguments)
    assert build.exit_code == 1
    assert sorted(re.findall(r"Failure in test (\w+)", build.output)) == [
        "rfm_names_are_true",
        "segment_names_are_true",
    ]


def test_the_version_changes_with_the_model_and_only_then() -> None:
    rng = np.random.default_rng(4)
    measures = np.column_stack(
        [rng.uniform(1, 99, 200), rng.integers(1, 9, 200), rng.uniform(1, 99, 200), rng.uniform(1, 99, 200)]
    )
    one, same, other = (fit_model(measures[:, :3], ["a", "b", "c"], measures, k, shipped()) for k in (3, 3, 4))
    assert one.version == same.version
    assert one.version != other.version
    assert len(one.version) == 12
