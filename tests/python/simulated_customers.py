"""Customers who buy as the models of purchases say, made by chance event by event, without a formula of theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.value.drop_out import BGNBD, MBGNBD
from segmentation.value.pareto import ParetoNBD
from segmentation.value.purchases import PurchaseModel
from segmentation.value.spend import GammaGamma

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Simulated:
    """What customers did until they were looked at, and afterwards; arrays of shape (n,)."""

    repeats: FloatArray
    last: FloatArray
    observed: FloatArray
    later: FloatArray
    is_alive: NDArray[np.bool_]
    value: FloatArray
    later_value: FloatArray

    @property
    def known(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        return self.repeats, self.last, self.observed


def simulate(model: PurchaseModel, spend: GammaGamma, observed: FloatArray, horizon: float, seed: int) -> Simulated:
    rng, n = np.random.default_rng(seed), len(observed)
    parameters = model.parameters
    rate = rng.gamma(parameters["r"], 1 / parameters["alpha"], n)
    leaves, gone_at = np.zeros(n), np.full(n, np.inf)
    if isinstance(model, BGNBD):
        leaves = rng.beta(model.a, model.b, n)
        if isinstance(model, MBGNBD):
            gone_at[rng.random(n) < leaves] = 0
    if isinstance(model, ParetoNBD):
        gone_at = rng.exponential(1.0, n) / rng.gamma(model.s, 1 / model.beta, n)
    repeats, last, later, now = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    buying = np.flatnonzero(gone_at > 0)
    while len(buying):
        now[buying] += rng.exponential(1.0, len(buying)) / np.maximum(rate[buying], 1e-300)
        buying = buying[now[buying] <= np.minimum(observed[buying] + horizon, gone_at[buying])]
        is_past = now[buying] <= observed[buying]
        repeats[buying[is_past]] += 1
        last[buying[is_past]] = now[buying[is_past]]
        later[buying[~is_past]] += 1
        left = rng.random(len(buying)) < leaves[buying]
        gone_at[buying[left]] = now[buying[left]]
        buying = buying[~left]
    of_customer = rng.gamma(spend.q, 1 / spend.gamma, n)
    value = rng.gamma(spend.p * (repeats + 1)) / of_customer
    later_value = np.where(later > 0, rng.gamma(spend.p * np.maximum(later, 1)) / of_customer, 0)
    return Simulated(repeats, last, observed, later, gone_at > observed, value, later_value)
