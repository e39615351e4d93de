"""``python -m segmentation.score``: customers scored against the model of a warehouse."""
