"""The view of a log: which lines are shown, folds, selections and excerpts."""
