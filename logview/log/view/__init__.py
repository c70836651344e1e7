"""Log view: which lines are shown, folds, selections and excerpts."""
