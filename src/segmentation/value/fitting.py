"""Models of purchases fitted by maximum likelihood, with what the fit itself can't tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from segmentation.threads import one_thread
from segmentation.value.drop_out import BGNBD, MBGNBD
from segmentation.value.histories import MOST_ROWS, Histories, sample_of
from segmentation.value.pareto import ParetoNBD
from segmentation.value.purchases import NBD, PurchaseModel

FloatArray = NDArray[np.float64]

MODELS: dict[str, type[PurchaseModel]] = {model.name: model for model in (NBD, BGNBD, MBGNBD, ParetoNBD)}
"""By name, the simpler one first."""

FEWEST_CUSTOMERS, FEWEST_RETURNING = 50, 20
"""Fewer show how often customers buy on the whole, not how they differ."""

_LIMIT = 9.0
_NEWTON_STEPS = 8
_STARTS = {
    "nbd": ((0.5,), (2.0,)),
    "bg_nbd": ((0.3, 0.5, 2.0), (1.0, 0.1, 3.0)),
    "mbg_nbd": ((0.5, 0.5, 1.5), (1.0, 0.1, 3.0)),
    "pareto_nbd": ((0.5, 0.5, 1.0), (1.0, 0.3, 4.0)),
}
"""Where the search begins: r, and what describes the leaving, in units of the mean time observed."""
_ROWS_OF_A_START, _ROWS_OF_A_SEARCH = 400, 3000
"""The search begins on few rows that stand for all, and ends with steps of Newton on all of them."""

EDGES = {
    "no_drop_out": "no customer is seen to leave: the model is a plain rate, and who is gone is not told",
    "equal_rates": "customers buy at one rate: how they differ is not seen",
    "equal_drop_out": "customers leave alike: how they differ in it is not seen",
    "at_limit": "a parameter is at the limit of what is searched: the likelihood hardly depends on it",
    "too_few": "too few customers, or too few who bought again, to tell how they differ: one rate for the whole shop",
}
"""What can be wrong with a fit, in words."""


@dataclass(frozen=True)
class PurchaseFit:
    """A fitted model of purchases.

    Attributes
    ----------
    model : PurchaseModel
    standard_errors : dict of str to float
        By parameter, from the observed information; only of those that have one. Not where a fit is at an edge.
    log_likelihood : float
        Of all customers, as estimated from those looked at, in the unit of time that they were given in.
    customers, returning : int
        How many it was fitted on, and how many of them had bought again.
    at_edge : tuple of str
        Keys of `EDGES`.
    """

    model: PurchaseModel
    standard_errors: dict[str, float]
    log_likelihood: float
    customers: int
    returning: int
    at_edge: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """The edges in words."""
        return tuple(EDGES[edge] for edge in self.at_edge)


def fit_purchase_model(name: str, customers: Histories, year: float = 365.0) -> PurchaseFit:
    """Fit a model by maximum likelihood.

    The search is over the logarithms of the parameters, from several starts, in units of the mean time observed: the
    result does not depend on the unit that times are given in. Standard errors are by the delta method from the
    observed information. Of more than `MOST_ROWS` histories each k-th customer is looked at (`sample_of`), and the
    standard errors are those of so many.

    Parameters
    ----------
    name : str
        A key of `MODELS`.
    customers : Histories
    year : float, default 365
        How long a year is in the unit of time; only `pooled_rate` asks.

    Returns
    -------
    PurchaseFit
        With one rate for all (`pooled_rate`) where the customers are too few.

    Raises
    ------
    ValueError
        If there is no such model, or there are no customers.
    """
    if name not in MODELS:
        raise ValueError(f"there is no model {name}; there are {', '.join(MODELS)}")
    if customers.customers <= 0:
        raise ValueError("there are no customers with a purchase")
    with one_thread():
        return _fit(name, customers, year)


def _fit(name: str, customers: Histories, year: float) -> PurchaseFit:
    unit = float(customers.weights @ customers.observed) / customers.customers
    if customers.customers < FEWEST_CUSTOMERS or customers.returning < FEWEST_RETURNING or unit <= 0:
        return pooled_rate(customers, year)
    scaled = customers.in_unit(unit)
    rows = sample_of(scaled)
    few = sample_of(rows, _ROWS_OF_A_SEARCH)
    first, second, third = (_objective(name, part) for part in (sample_of(few, _ROWS_OF_A_START), few, rows))
    # Differences to one side are enough for the way there: what is left is up to the steps of Newton.
    best = min((_search(first, start, 1e-7, "2-point") for start in _starts(name, few)), key=first)
    best, inverse = _polish(third, _search(second, best, 1e-9, "2-point"), second)
    looked_at = MOST_ROWS if len(customers.repeats) > MOST_ROWS else customers.customers
    model = _model(name, best)
    edges = _edges(model, best, float(scaled.observed.max()), inverse is not None)
    in_days = model.in_unit(1 / unit)
    values = in_days.parameters
    errors = {
        parameter: float(value * np.sqrt(inverse[n, n] / looked_at))
        for n, (parameter, value) in enumerate(values.items())
        if inverse is not None and not edges
    }
    sample = sample_of(customers)
    likelihood = float(sample.weights @ in_days.log_likelihood(*sample.known))
    return PurchaseFit(in_days, errors, likelihood, round(customers.customers), round(customers.returning), edges)


def pooled_rate(customers: Histories, year: float = 365.0) -> PurchaseFit:
    """Return one rate for the shop, of whom too little is known for more: a gamma distribution of shape 1.

    Its mean is that of the customers and of one more who bought half a time in a year: above 0 where nobody has bought
    again, and small where the shop is a day old.
    """
    repeats, time = float(customers.weights @ customers.repeats), float(customers.weights @ customers.observed)
    model = NBD(1.0, (time + year) / (repeats + 0.5))
    likelihood = float(customers.weights @ model.log_likelihood(*customers.known))
    return PurchaseFit(model, {}, likelihood, round(customers.customers), round(customers.returning), ("too_few",))


def _model(name: str, logarithms: FloatArray) -> PurchaseModel:
    return MODELS[name](*(float(value) for value in np.exp(logarithms)))


def _objective(name: str, customers: Histories) -> Callable[[FloatArray], float]:
    """Return what is minimized: minus the mean log-likelihood of a customer."""
    share = customers.weights / customers.customers

    def minus_likelihood(logarithms: FloatArray) -> float:
        value = -float(share @ _model(name, logarithms).log_likelihood(*customers.known))
        return value if np.isfinite(value) else 1e10

    return minus_likelihood


def _starts(name: str, customers: Histories) -> list[FloatArray]:
    rate = float(customers.weights @ customers.repeats) / float(customers.weights @ customers.observed)
    return [np.clip(np.log([r, r / rate, *leaving]), -_LIMIT, _LIMIT) for r, *leaving in _STARTS[name]]


def _search(
    objective: Callable[[FloatArray], float], start: FloatArray, precision: float, differences: str
) -> FloatArray:
    options = {"maxiter": 200, "ftol": precision, "gtol": 1e-8}
    bounds = [(-_LIMIT, _LIMIT)] * len(start)
    found = minimize(objective, start, method="L-BFGS-B", jac=differences, bounds=bounds, options=options)  # type: ignore[call-overload]
    return np.asarray(found.x)


def _polish(
    objective: Callable[[FloatArray], float], best: FloatArray, of_few: Callable[[FloatArray], float]
) -> tuple[FloatArray, FloatArray | None]:
    """Return the optimum after steps of Newton, and the inverse curvature there; None where there is no peak.

    The curvature is that of few rows: it decides how quickly the optimum is reached, not where it is.
    """
    curvature = _curvature(of_few, best)
    values = np.linalg.eigvalsh(curvature)
    if values[0] <= 1e-9 * max(values[-1], 1.0):
        return best, None
    height = objective(best)
    for _ in range(_NEWTON_STEPS):
        step = np.linalg.solve(curvature, _gradient(objective, best))
        step *= min(1.0, 0.5 / max(float(np.abs(step).max()), 1e-300))
        moved = objective(best - step)
        if np.abs(step).max() < 1e-5 or moved > height:
            break
        best, height = best - step, moved
    else:
        best = _search(objective, best, 1e-12, "3-point")
    return best, np.asarray(np.linalg.inv(curvature))


def _gradient(objective: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Return the first derivatives by central differences."""
    step = 1e-4
    moves = np.eye(len(at)) * step
    return np.array([(objective(at + move) - objective(at - move)) / (2 * step) for move in moves])


def _curvature(objective: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Return the matrix of second derivatives by central differences."""
    step, size = 1e-3, len(at)
    moves = np.eye(size) * step
    center = objective(at)
    up, down = (np.array([objective(at + sign * move) for move in moves]) for sign in (1, -1))
    curvature = np.diag((up - 2 * center + down) / step**2)
    for i in range(size):
        for j in range(i):
            both = objective(at + moves[i] + moves[j]) + objective(at - moves[i] - moves[j])
            curvature[i, j] = curvature[j, i] = (both - up[i] - down[i] - up[j] - down[j] + 2 * center) / (2 * step**2)
    return np.asarray(curvature)


def _edges(model: PurchaseModel, logarithms: FloatArray, longest: float, has_peak: bool) -> tuple[str, ...]:
    """Return what a fit ran into; the model is in units of the mean time observed."""
    edges = []
    if model.parameters["r"] > 500:
        edges.append("equal_rates")
    if isinstance(model, BGNBD):
        leaving, alike = model.a / (model.a + model.b), model.a + model.b > 500
    elif isinstance(model, ParetoNBD):
        leaving, alike = -np.expm1(-model.s * np.log1p(longest / model.beta)), model.s > 500
    else:
        leaving, alike = 1.0, False
    if leaving < 2e-3:
        edges.append("no_drop_out")
    elif alike:
        edges.append("equal_drop_out")
    if not edges and (not has_peak or np.abs(logarithms).max() > _LIMIT - 0.01):
        edges.append("at_limit")
    return tuple(edges)
