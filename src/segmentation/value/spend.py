"""What a purchase is worth: the gamma-gamma model of order values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

from segmentation.threads import one_thread
from segmentation.value.histories import distinct

FloatArray = NDArray[np.float64]

FEWEST_SPENDERS = 50
"""Fewer don't show how values differ."""

_MOST_ROWS = 20_000
_CELLS_OF_E = 64
_LEAST_Q = 1.1
_LIMIT = 12.0

SPEND_EDGES = {
    "too_few": "too few customers with a purchase of value to tell how values differ: a customer's own mean counts as "
    "much as one purchase of the shop's mean",
    "equal_values": "all customers spend the same: there is nothing to tell apart",
    "no_mean": "a few customers spend so much that the fitted distribution has no mean: that of the shop is kept to",
    "at_limit": "a parameter is at the limit of what is searched: the likelihood hardly depends on it",
}
"""What can be wrong with a fit, in words."""


@dataclass(frozen=True)
class GammaGamma:
    """A purchase is worth a gamma-distributed amount about the customer's own mean, whose inverse is gamma, too.

    Fader & Hardie (2013), "The gamma-gamma model of monetary value"; Fader, Hardie & Lee (2005), Journal of Marketing
    Research 42(4), 415-430.

    Attributes
    ----------
    p : float
        Shape of the values of one customer.
    q : float
        Shape of the customers' rates; above 1 where the mean exists.
    gamma : float
        Their scale, in the currency.
    """

    p: float
    q: float
    gamma: float

    @property
    def mean(self) -> float:
        """What a purchase of an unknown customer is worth."""
        return self.p * self.gamma / (self.q - 1)

    def log_likelihood(self, count: FloatArray, mean: FloatArray) -> FloatArray:
        """Return the log-likelihood of customers' mean values over so many purchases, equation 1a."""
        shape = self.p * count
        constant = gammaln(shape + self.q) - gammaln(shape) - gammaln(self.q)
        ratio = count * mean / self.gamma
        return np.asarray(constant + shape * np.log(ratio) - (shape + self.q) * np.log1p(ratio) - np.log(mean))

    def expected_value(self, count: FloatArray, mean: FloatArray) -> FloatArray:
        """Return what a customer's purchase is worth, equation 5: the own mean, shrunk for few purchases.

        Parameters
        ----------
        count : array of shape (n,)
            Purchases with a value above 0; 0 for the mean of all.
        mean : array of shape (n,)
            Their mean value.
        """
        return np.asarray(self.p * (self.gamma + count * mean) / (self.p * count + self.q - 1))


@dataclass(frozen=True)
class SpendFit:
    """A fitted model of values.

    Attributes
    ----------
    model : GammaGamma
    standard_errors : dict of str to float
        By parameter; empty where a fit is at an edge.
    log_likelihood : float
    customers : int
        With a value above 0.
    correlation : float or None
        Rank correlation of the number of purchases and their mean value (Spearman): the model takes them for
        independent, which makes a few hundredths, as means of few purchases are skewed. None where one does not vary.
    at_edge : tuple of str
        Keys of `SPEND_EDGES`.
    """

    model: GammaGamma
    standard_errors: dict[str, float]
    log_likelihood: float
    customers: int
    correlation: float | None
    at_edge: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """The edges in words."""
        return tuple(SPEND_EDGES[edge] for edge in self.at_edge)


def fit_spend(count: FloatArray, mean: FloatArray) -> SpendFit:
    """Fit the gamma-gamma model by maximum likelihood.

    Parameters
    ----------
    count : array of shape (n,)
        Purchases of a customer.
    mean : array of shape (n,)
        Their mean value. Who has no purchase, or a value of 0 or less, tells nothing of it and is left out.

    Raises
    ------
    ValueError
        If a number is missing or infinite.
    """
    count, mean = np.asarray(count, dtype=float), np.asarray(mean, dtype=float)
    if not (np.isfinite(count).all() and np.isfinite(mean).all()):
        raise ValueError("count and mean must be finite numbers")
    spends = (count > 0) & (mean > 0)
    customers = int(spends.sum())
    if not customers:
        return SpendFit(_about(0.0), {}, 0.0, 0, None, ("too_few",))
    with one_thread():
        return _fit_spends(*_rows(count[spends], mean[spends]), customers)


def _fit_spends(rows: tuple[FloatArray, FloatArray], weights: FloatArray, customers: int) -> SpendFit:
    correlation = _rank_correlation(*rows, weights)
    purchases = weights * rows[0]
    shop_mean = float(purchases @ rows[1] / purchases.sum())
    edge, errors = "", dict[str, float]()
    if np.ptp(np.log(rows[1])) < 1e-6:
        edge, model = "equal_values", GammaGamma(1e4, 1e4, shop_mean * (1e4 - 1) / 1e4)
    elif customers < FEWEST_SPENDERS:
        edge, model = "too_few", _about(shop_mean)
    else:
        model, errors, is_at_limit = _fit(rows, weights, shop_mean)
        edge = "at_limit" if is_at_limit else ""
        if model.q < _LEAST_Q:
            edge, errors = "no_mean", {}
            model = _fit_about(rows, weights, float(weights @ rows[1] / weights.sum()))
    likelihood = float(weights @ model.log_likelihood(*rows))
    return SpendFit(model, errors, likelihood, customers, correlation, (edge,) if edge else ())


def _about(mean: float) -> GammaGamma:
    """Return the model of a mean that counts as much as one purchase."""
    return GammaGamma(4.0, 5.0, mean)


def _rows(count: FloatArray, mean: FloatArray) -> tuple[tuple[FloatArray, FloatArray], FloatArray]:
    """Return counts, means and weights, sorted; of very many customers with means rounded to 1.6 %, less than noise."""
    if len(count) > _MOST_ROWS:
        mean = np.exp(np.round(np.log(mean) * _CELLS_OF_E) / _CELLS_OF_E)
        cells = np.round(np.log(mean) * _CELLS_OF_E)
        few = np.where(count <= 64, count, np.round(64 * (1 + np.log(count / 64))))
        (_, cell), place = distinct(few, cells - cells.min())
        weights = np.bincount(place).astype(float)
        counts = np.bincount(place, weights=count) / weights
        return (counts, np.exp((cell + cells.min()) / _CELLS_OF_E)), weights
    order = np.lexsort((mean, count))
    return (count[order], mean[order]), np.ones(len(count))


def _fit(
    rows: tuple[FloatArray, FloatArray], weights: FloatArray, unit: float
) -> tuple[GammaGamma, dict[str, float], bool]:
    """Return the model, its standard errors and whether it is at the limit of what is searched."""

    def model_of(logarithms: FloatArray) -> GammaGamma:
        p, q, gamma = np.exp(logarithms)
        return GammaGamma(float(p), float(q), float(gamma * unit))

    def objective(logarithms: FloatArray) -> float:
        return -float(weights @ model_of(logarithms).log_likelihood(*rows)) / float(weights.sum())

    starts = [np.log([p, 3.0, 2.0 / p]) for p in (1.0, 6.0)]
    best = min((_search(objective, start) for start in starts), key=objective)
    curvature = _curvature(objective, best)
    model = model_of(best)
    if np.linalg.eigvalsh(curvature)[0] <= 1e-9 or np.abs(best).max() > _LIMIT - 0.01:
        return model, {}, True
    variances = np.diag(np.linalg.inv(curvature)) / float(weights.sum())
    values = {"p": model.p, "q": model.q, "gamma": model.gamma}
    errors = {name: float(value * np.sqrt(variances[n])) for n, (name, value) in enumerate(values.items())}
    return model, errors, False


def _fit_about(rows: tuple[FloatArray, FloatArray], weights: FloatArray, mean: float) -> GammaGamma:
    """Return the likeliest model whose mean is that of the shop."""

    def model_of(logarithms: FloatArray) -> GammaGamma:
        p, q = float(np.exp(logarithms[0])), _LEAST_Q + float(np.exp(logarithms[1]))
        return GammaGamma(p, q, mean * (q - 1) / p)

    def objective(logarithms: FloatArray) -> float:
        return -float(weights @ model_of(logarithms).log_likelihood(*rows)) / float(weights.sum())

    return model_of(_search(objective, np.array([0.0, 0.0])))


def _search(objective: Callable[[FloatArray], float], start: FloatArray) -> FloatArray:
    bounds = [(-_LIMIT, _LIMIT)] * len(start)
    options = {"maxiter": 300, "ftol": 1e-14, "gtol": 1e-8}
    found = minimize(objective, start, method="L-BFGS-B", jac="3-point", bounds=bounds, options=options)  # type: ignore[call-overload]
    return np.asarray(found.x)


def _curvature(objective: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Return the matrix of second derivatives by central differences."""
    moves = np.eye(len(at)) * 1e-3
    return np.array(
        [
            [
                sum(i * j * objective(at + i * one + j * other) for i in (1, -1) for j in (1, -1)) / 4e-6
                for other in moves
            ]
            for one in moves
        ]
    )


def _rank_correlation(count: FloatArray, mean: FloatArray, weights: FloatArray) -> float | None:
    """Return Spearman's correlation of rows that stand for several customers."""
    ranks = []
    for values in (count, mean):
        _, place = np.unique(values, return_inverse=True)
        sizes = np.bincount(place, weights=weights)
        rank = (np.cumsum(sizes) - sizes / 2)[place]
        ranks.append(rank - weights @ rank / weights.sum())
    spread = np.sqrt(float(weights @ ranks[0] ** 2) * float(weights @ ranks[1] ** 2))
    return float(weights @ (ranks[0] * ranks[1]) / spread) if spread > 0 else None
