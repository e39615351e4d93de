"""What the server imports that fits are forks of (`processes`)."""

import atexit
import gc
import os

import segmentation_dbt.fitting  # noqa: F401

# It has nothing to tidy up, and who reads what a build prints waits until it has ended.
atexit.register(os._exit, 0)
# All that was imported stays. To look through it for garbage, a fork would copy it.
gc.freeze()
