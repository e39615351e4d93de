"""One object for a segmentation: fitted on customers, it says of any customer which segment is theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from segmentation.algorithms import ALGORITHMS
from segmentation.archetypes import default_archetypes
from segmentation.assignment import DEFAULT_NEIGHBORS, NEIGHBOR_COUNTS, HeldOutVotes, choose_neighbors, hold_out
from segmentation.calibration import calibrate
from segmentation.candidates import EFFORTS, evaluate_candidates
from segmentation.clustering import nearest_centroids, segment_rates, spread_sample
from segmentation.comparison import Candidate
from segmentation.fitting import Later, describe_model, fit_clusters, fit_transformation, steps_of
from segmentation.given import check_format, table_of
from segmentation.model import SegmentationModel
from segmentation.naming import MEASURED, Archetype
from segmentation.rhythm import Rhythm, estimate_rhythm
from segmentation.scoring import Scorer
from segmentation.selection import choose
from segmentation.stability import Stability, resampled_stability
from segmentation.stored_form import (
    STORED_FORMAT,
    level_rows,
    read_buying_rates,
    read_levels,
    read_model,
    read_reference,
    reference_rows,
    segment_rows,
)
from segmentation.transformation import Transformation
from segmentation.validity import MIN_CUSTOMERS

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DEFAULT_FEATURES = ("recency_days", "frequency", "monetary", "is_repeat_customer")
OF_RHYTHM = ("interpurchase_days", "purchase_days", "tenure_days")
"""The columns that the rhythm of a shop is estimated from."""


class Segmentation(BaseEstimator):  # type: ignore[misc]
    """Segments of customers: K-Means in scaled space, names that are true, and KNN for everybody.

    The stages of a fit are methods of their own, each a pure function of its arguments and the parameters, for whoever
    stores what is between them; `fit` goes through all of them.

    Parameters
    ----------
    features : sequence of str, default DEFAULT_FEATURES
        Columns that customers are clustered by. Those that begin with ``attribute.`` say who customers are: they may be
        NaN, for which the median of the fitted customers stands, in the fit and in every score.
    scaler : {"standard", "minmax", "robust"}, default "standard"
    cap_share : float, default 0.005
        See `Transformation.fit`.
    algorithm : str, default "kmeans"
        A key of `ALGORITHMS`, or "auto".
    segment_count : int, optional
        The number of segments; found out where it is None.
    segment_counts : pair of int, default (2, 10)
        Least and greatest number to try.
    evaluation : {"standard", "full", "quick"}, default "standard"
        What the comparison of candidates spends: see `EFFORTS`; nothing for "quick".
    min_customers : int, default 50
        Fewer customers are one segment, unless segment_count asks for more.
    neighbors : int, optional
        How many fitted customers vote; found out where it is None.
    random_seed : int, default 42
    workers : int, default 1
        Processes that compare candidates; the result does not depend on them.
    archetypes : sequence of Archetype, optional
        The names and what they say; those of the project's seeds where it is None.

    Attributes
    ----------
    rhythm_ : Rhythm
        The shop's usual time between purchases, in days.
    candidates_ : list of Candidate
        What was compared; one is chosen, each with its reason.
    structure_p_value_ : float or None
        Of the test against permuted data; None where it was not made.
    labels_ : integer array of shape (n,)
        The cluster of each fitted customer: a place in `classes_`.
    held_out_ : list of HeldOutVotes
        What so many neighbours say of fitted customers who were held out, one a number of neighbours; none of too few
        customers.
    neighbors_ : int
        How many neighbours were chosen; of fewer customers, all vote.
    model_ : SegmentationModel
    reference_ : array of shape (n, n_features)
        The fitted customers in original units, who vote.
    classes_ : array of str of shape (k,)
        The names of the segments.
    confidence_levels_ : array of shape (neighbors,)
        What each number of votes deserves.
    buying_rates_ : array of shape (k,)
        Share of the segments' customers of the past who bought after it; empty where it is not known.
    feature_names_in_ : array of str
    n_features_in_ : int

    References
    ----------
    Lloyd (1982) for K-Means, Cover & Hart (1967) for KNN; docs/method.md has what each stage rests on.
    """

    def __init__(
        self,
        features: Sequence[str] = DEFAULT_FEATURES,
        scaler: str = "standard",
        cap_share: float = 0.005,
        algorithm: str = "kmeans",
        segment_count: int | None = None,
        segment_counts: tuple[int, int] = (2, 10),
        evaluation: str = "standard",
        min_customers: int = 50,
        neighbors: int | None = None,
        random_seed: int = 42,
        workers: int = 1,
        archetypes: Sequence[Archetype] | None = None,
    ) -> None:
        self.features = features
        self.scaler = scaler
        self.cap_share = cap_share
        self.algorithm = algorithm
        self.segment_count = segment_count
        self.segment_counts = segment_counts
        self.evaluation = evaluation
        self.min_customers = min_customers
        self.neighbors = neighbors
        self.random_seed = random_seed
        self.workers = workers
        self.archetypes = archetypes

    def fit(
        self,
        customers: Any,
        y: Any = None,
        *,
        later: Later | None = None,
        previous: SegmentationModel | None = None,
        in_force: tuple[str, int] | None = None,
    ) -> Self:
        """Compare the ways to segment customers, take one, name its segments and learn how sure votes are.

        Parameters
        ----------
        customers : DataFrame of pandas or Polars, or table of Arrow, of n customers
            With the features, the columns of `MEASURED` and those of `OF_RHYTHM`, all finite but for attributes. The
            order of the rows must not depend on chance: by customer_id.
        y
            Passed over; scikit-learn gives it.
        later : Later, optional
            Customers as of a day in the past, and who of them bought after it: for names that foretell it and for
            `expected_buying_rate`.
        previous : SegmentationModel, optional
            The model in force, which is changed as little as is as good.
        in_force : tuple of str and int, optional
            Its algorithm and number of segments, if it was fitted with the same parameters.

        Raises
        ------
        ValueError
            If a column is missing, a value is not finite, there are no customers, or an attribute is below 0 or known
            of nobody.
        """
        del y
        table = self._table(customers, (*self.features, *MEASURED, *OF_RHYTHM))
        self.rhythm_ = rhythm_of(table)
        self.candidates_, self.structure_p_value_ = self.compare(table, in_force)
        (chosen,) = (candidate for candidate in self.candidates_ if candidate.is_chosen)
        self.labels_ = self.cluster(table, chosen.algorithm, chosen.setting, previous)
        self.held_out_ = self.hold_out(table, self.labels_)
        self.neighbors_ = choose_neighbors(self.held_out_) if self.held_out_ else DEFAULT_NEIGHBORS
        model = self.describe(table, self.labels_, self.neighbors_, previous, later)
        chosen_votes = next((of for of in self.held_out_ if of.neighbors == self.neighbors_), None)
        levels = confidence_of(chosen_votes, min(self.neighbors_, len(table)))
        self._set_fitted(model, self._values(table), self.labels_, levels, buying_rates(model, later))
        return self

    def stability(self) -> Stability | None:
        """Return how well each segment is found again in resamples of the fitted customers.

        None if there is one segment, and where `evaluation` is "quick". Takes about a second.
        """
        check_is_fitted(self, "candidates_")
        effort = EFFORTS.get(self.evaluation)
        if effort is None or len(self.classes_) == 1:
            return None
        (chosen,) = (candidate for candidate in self.candidates_ if candidate.is_chosen)
        algorithm = ALGORITHMS[chosen.algorithm]
        points = self.model_.transformation.transform(self.reference_)
        sample = spread_sample(len(points), effort.customers if algorithm.is_fast else effort.customers_slow)
        return resampled_stability(
            points[sample], self.labels_[sample], algorithm, chosen.setting, self.random_seed, effort.resamples,
            self.workers,
        )  # fmt: skip

    def predict(self, customers: Any) -> NDArray[np.str_]:
        """Return the segment of each customer of a table with the features and `MEASURED`, shape (n,)."""
        values, measures = self._inputs(customers)
        return np.asarray(self.classes_[self.scorer_.assign(values, measures)])

    def predict_proba(self, customers: Any) -> FloatArray:
        """Return how probable each of `classes_` is for each customer, shape (n, k); see `Scorer.probabilities`."""
        return self.scorer_.probabilities(*self._inputs(customers))

    def score_customers(self, customers: Any) -> pd.DataFrame:
        """Return what a build says of customers: the columns of customer_segments of that name, in the order given.

        Parameters
        ----------
        customers
            As for `predict`.
        """
        scores = self.scorer_.score(*self._inputs(customers))
        return pd.DataFrame(
            {
                "segment": self.classes_[scores.segment],
                "segment_confidence": scores.confidence,
                "runner_up_segment": self.classes_[scores.runner_up],
                "centroid_segment": self.classes_[scores.centroid_segment],
                "is_outside_trained_range": scores.is_outside_trained_range,
                "expected_buying_rate": scores.expected_buying_rate,
            }
        )

    def to_row(self) -> dict[str, Any]:
        """Return all that it takes to score customers as plain values, such as JSON holds.

        Archetypes, candidates and what was held out are not in it: they are of the fit.
        """
        check_is_fitted(self)
        parameters = {name: value for name, value in self.get_params().items() if name != "archetypes"}
        return {
            "format": STORED_FORMAT,
            "parameters": parameters | {name: list(parameters[name]) for name in ("features", "segment_counts")},
            "segments": segment_rows(self.model_, self.reference_, self.buying_rates_),
            "reference_customers": reference_rows(self.features, self.reference_, self.labels_),
            "confidence_levels": level_rows(self.confidence_levels_),
        }

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Return a fitted object of what `to_row` returned, or of a row of the table `int_fits` of a warehouse.

        Raises
        ------
        ValueError
            If it was stored in another format.
        """
        check_format(row, STORED_FORMAT)
        model = read_model(row["segments"])
        parameters = row["parameters"] or {"features": list(model.transformation.features)}
        segmentation = cls(**(json.loads(parameters) if isinstance(parameters, str) else parameters))
        reference, labels = read_reference(model.transformation.features, row["reference_customers"])
        levels, rates = read_levels(row["confidence_levels"]), read_buying_rates(row["segments"])
        segmentation._set_fitted(model, reference, labels, levels, rates)
        return segmentation

    # The stages of a fit.

    def transformation(self, customers: pd.DataFrame) -> Transformation:
        """Return what takes the customers into the space where they are compared."""
        values = self._values(customers)
        return fit_transformation(values, list(self.features), rhythm_of(customers), self.scaler, self.cap_share)

    def compare(
        self, customers: pd.DataFrame, in_force: tuple[str, int] | None = None
    ) -> tuple[list[Candidate], float | None]:
        """Return the candidates, of which one is chosen, and the p-value of the test for structure."""
        low, high = self.segment_counts
        asked_for = self.segment_count
        comparison = evaluate_candidates(
            self.transformation(customers).transform(self._values(customers)),
            self.random_seed,
            sorted({*range(low, high + 1), *([asked_for] if asked_for else [])}),
            EFFORTS.get(self.evaluation),
            self.algorithm,
            min_customers=0 if asked_for else self.min_customers,
            workers=self.workers,
            steps=steps_of(list(self.features)),
        )
        return choose(comparison, self.algorithm, asked_for, in_force), comparison.structure_p_value

    def cluster(
        self, customers: pd.DataFrame, algorithm: str, setting: float, previous: SegmentationModel | None = None
    ) -> IntArray:
        """Return the cluster of each customer, by the candidate that was chosen."""
        transformation = self.transformation(customers)
        start = None if previous is None else previous.centroids_in(transformation)
        points = transformation.transform(self._values(customers))
        return fit_clusters(points, setting, self.random_seed, algorithm, start)

    def hold_out(self, customers: pd.DataFrame, labels: IntArray) -> list[HeldOutVotes]:
        """Return what neighbours say of customers who are held out, one a number of neighbours."""
        points = self.transformation(customers).transform(self._values(customers))
        counts = NEIGHBOR_COUNTS if self.neighbors is None else [self.neighbors]
        return hold_out(points, labels, int(labels.max()) + 1, counts)

    def describe(
        self,
        customers: pd.DataFrame,
        labels: IntArray,
        neighbors: int | None,
        previous: SegmentationModel | None = None,
        later: Later | None = None,
    ) -> SegmentationModel:
        """Return the model of clustered customers, with names that keep to those of the model before.

        They are true of those whom so many neighbours vote into a segment; without, of those who were fitted into it.
        """
        transformation, measures = self.transformation(customers), _numbers(customers, MEASURED)
        start = names = None
        if previous is not None:
            names = previous.nearest(_numbers(customers, previous.transformation.features), measures)
            start = previous.centroids_in(transformation)
        return describe_model(
            self._values(customers),
            measures,
            labels,
            transformation,
            default_archetypes() if self.archetypes is None else self.archetypes,
            rhythm_of(customers),
            start,
            names,
            neighbors,
            later,
        )

    def name_clusters(self, customers: pd.DataFrame, algorithm: str, setting: float) -> SegmentationModel:
        """Return the model of customers clustered in one way, named by those who were fitted: no choice, no votes."""
        labels = self.cluster(customers, algorithm, setting)
        return self.describe(customers, labels, neighbors=None)

    def _set_fitted(
        self, model: SegmentationModel, reference: FloatArray, labels: IntArray, levels: FloatArray, rates: FloatArray
    ) -> None:
        self.model_, self.reference_, self.labels_ = model, reference, labels
        self.confidence_levels_, self.buying_rates_ = levels, rates
        self.classes_ = np.array(model.names)
        self.feature_names_in_ = np.array(list(self.features), dtype=object)
        self.n_features_in_ = len(self.features)
        self.scorer_ = Scorer(model, model.transformation.transform(reference), labels, levels, rates)

    def _values(self, customers: pd.DataFrame) -> FloatArray:
        return _numbers(customers, self.features)

    def _inputs(self, customers: Any) -> tuple[FloatArray, FloatArray]:
        check_is_fitted(self)
        table = self._table(customers, (*self.features, *MEASURED))
        return self._values(table), _numbers(table, MEASURED)

    def _table(self, customers: Any, columns: Sequence[str]) -> pd.DataFrame:
        table = table_of(customers)
        if missing := [column for column in dict.fromkeys(columns) if column not in table.columns]:
            raise ValueError(f"the customers have no column {', '.join(missing)}")
        return table


def rhythm_of(customers: pd.DataFrame) -> Rhythm:
    """Return the rhythm of a shop from rows of customers with the columns of `OF_RHYTHM`."""
    waited, days, known = (customers[column].to_numpy(dtype=float) for column in OF_RHYTHM)
    return estimate_rhythm(waited, days, float(known.max()))


def confidence_of(held_out: HeldOutVotes | None, neighbors: int) -> FloatArray:
    """Return what each number of votes of so many neighbours deserves; their share where nobody was held out."""
    nobody = np.zeros(0, dtype=np.int64)
    votes, is_right = (nobody, nobody.astype(bool)) if held_out is None else (held_out.votes, held_out.is_right)
    return calibrate(votes, is_right, neighbors)


def later_of(past: pd.DataFrame, features: Sequence[str], days: int) -> Later | None:
    """Return who bought after a day in the past; None if they are too few to say.

    Parameters
    ----------
    past : DataFrame
        Customers as of the day with the features and later_orders, ordered by customer.
    features : sequence of str
    days : int
        Length of the time after it in which the orders were counted.
    """
    if len(past) < MIN_CUSTOMERS:
        return None
    return Later(_numbers(past, features), past["later_orders"].to_numpy(dtype=float) > 0, days)


def buying_rates(model: SegmentationModel, later: Later | None) -> FloatArray:
    """Return how many of each segment's customers of the past bought after it, shape (k,); empty if it is not known."""
    if later is None:
        return np.zeros(0)
    labels = nearest_centroids(model.transformation.transform(later.values), model.centroids)
    return segment_rates(labels, later.bought, len(model.names))


def _numbers(customers: pd.DataFrame, columns: Sequence[str]) -> FloatArray:
    return customers[[*columns]].to_numpy(dtype=float)
