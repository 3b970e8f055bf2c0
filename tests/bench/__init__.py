"""Measurements, as ratios taken round by round: `python -m tests.bench`. None of them passes or fails."""
