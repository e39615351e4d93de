"""How often customers buy and whether they still do: what all models of purchases have in common, and the plain rate.

A purchase is a day with one, as in the literature; `repeats` are those after the first. All times are in one unit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

FloatArray = NDArray[np.float64]


class PurchaseModel(ABC):
    """A customer buys at a rate of their own as long as they are a customer; models differ in how that ends.

    What is known of a customer are three numbers: `repeats`, the purchases after the first one; `last`, the time from
    the first to the last purchase; `observed`, the time from the first purchase to today. All arrays have shape (n,).
    Who is still a customer has a rate that is Gamma(r + repeats, alpha + observed)-distributed, whatever the model.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    times: ClassVar[tuple[str, ...]] = ("alpha",)
    """The parameters that are times; the others have no unit."""

    @abstractmethod
    def log_likelihood(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return each customer's log-likelihood, a density per unit of time to the power of repeats."""

    @abstractmethod
    def log_odds_gone(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return the log of how much likelier it is that the customer is gone than that they still buy."""

    @abstractmethod
    def mean_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the mean of N, the purchases within the horizon of who still buys."""

    @abstractmethod
    def pairs_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the mean of N(N - 1)."""

    @abstractmethod
    def log_count_if_alive(
        self, count: FloatArray, repeats: FloatArray, observed: FloatArray, horizon: FloatArray
    ) -> FloatArray:
        """Return the log of the probability of so many purchases within the horizon of who still buys."""

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by their name in the paper, in the order of the model."""
        return {field.name: float(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]

    def in_unit(self, length: float) -> PurchaseModel:
        """Return the model for times that are counted in units of so many of the present ones."""
        return type(self)(
            **{name: value / length if name in self.times else value for name, value in self.parameters.items()}
        )

    def probability_alive(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return how probable it is that a customer still buys, 0 to 1."""
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp(self.log_odds_gone(repeats, last, observed))))

    def expected_purchases(
        self, repeats: FloatArray, last: FloatArray, observed: FloatArray, horizon: float
    ) -> FloatArray:
        """Return the purchases that are to be expected within the horizon."""
        alive = self.probability_alive(repeats, last, observed)
        return alive * self.mean_if_alive(repeats, observed, np.full_like(observed, horizon))

    def probability_to_buy(
        self, repeats: FloatArray, last: FloatArray, observed: FloatArray, horizon: float
    ) -> FloatArray:
        """Return how probable at least one purchase within the horizon is."""
        none = self.log_count_if_alive(np.zeros_like(observed), repeats, observed, np.full_like(observed, horizon))
        return -self.probability_alive(repeats, last, observed) * np.expm1(np.minimum(none, 0))

    def log_probability_of(
        self, count: FloatArray, repeats: FloatArray, last: FloatArray, observed: FloatArray, horizon: float
    ) -> FloatArray:
        """Return the log of the probability of what came: so many purchases within the horizon.

        Of nothing, that the customer was gone or is silent.
        """
        alive = -np.logaddexp(0, self.log_odds_gone(repeats, last, observed))
        came = alive + self.log_count_if_alive(count, repeats, observed, np.full_like(observed, horizon))
        with np.errstate(divide="ignore"):
            gone = np.log(-np.expm1(np.minimum(alive, 0)))
        return np.where(count == 0, np.logaddexp(came, gone), came)


@dataclass(frozen=True)
class NBD(PurchaseModel):
    """Purchases at a rate that differs between customers and never ends (Ehrenberg 1959).

    Attributes
    ----------
    r : float
        Shape of the gamma distribution of rates: the lower, the more customers differ.
    alpha : float
        Its rate, a time: r / alpha is the mean number of purchases a unit of time.
    """

    r: float
    alpha: float

    name: ClassVar[str] = "nbd"
    title: ClassVar[str] = "a rate without drop-out (NBD)"

    def log_likelihood(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return each customer's log-likelihood; the last purchase says nothing."""
        return log_rate_likelihood(self.r, self.alpha, repeats, observed)

    def log_odds_gone(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return -inf: nobody goes."""
        return np.full_like(observed, -np.inf)

    def mean_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the mean of the rate, times the horizon."""
        return (self.r + repeats) * horizon / (self.alpha + observed)

    def pairs_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the mean of the squared rate, times the squared horizon."""
        return self.mean_if_alive(repeats, observed, horizon) ** 2 * (1 + 1 / (self.r + repeats))

    def log_count_if_alive(
        self, count: FloatArray, repeats: FloatArray, observed: FloatArray, horizon: FloatArray
    ) -> FloatArray:
        """Return the log of the negative binomial probability."""
        return log_negative_binomial(count, self.r + repeats, horizon / (self.alpha + observed))


def log_rate_likelihood(r: float, alpha: float, repeats: FloatArray, until: FloatArray) -> FloatArray:
    """Return the log of the mean of λ^repeats e^(-λ until) over the gamma distribution of rates."""
    return np.asarray(gammaln(r + repeats) - gammaln(r) - r * np.log1p(until / alpha) - repeats * np.log(alpha + until))


def log_negative_binomial(count: FloatArray, shape: FloatArray, ratio: FloatArray) -> FloatArray:
    """Return the log of the probability of a count at a Gamma(shape, 1) rate in a time of ratio; 0 of 0 in no time."""
    with np.errstate(divide="ignore", invalid="ignore"):
        some = gammaln(shape + count) - gammaln(shape) - gammaln(count + 1) + count * np.log(ratio / (1 + ratio))
    return np.where(count == 0, 0.0, some) - shape * np.log1p(ratio)
