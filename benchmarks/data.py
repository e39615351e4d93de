"""Invoice files that are at hand: the sample, and Online Retail where somebody has put it."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.builds import PROJECT

SAMPLE = PROJECT / "data/sample/invoices.csv.gz"
ONLINE_RETAIL = Path(os.environ.get("ONLINE_RETAIL", PROJECT / "../shared/data/online_retail.csv.gz"))
