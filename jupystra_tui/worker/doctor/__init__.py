"""`jupystra doctor`: what of a site works, check by check. No check changes anything, and none stops the others."""
