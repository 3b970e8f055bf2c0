"""The checks of `jupystra doctor`. No check changes anything, and a failed check does not stop the others."""
