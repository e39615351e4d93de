"""What the server imports that fits are forks of (`processes`)."""

import atexit
import os

import segmentation_dbt.fitting  # noqa: F401

# It has nothing to tidy up, and who reads what a build prints waits until it has ended.
atexit.register(os._exit, 0)
