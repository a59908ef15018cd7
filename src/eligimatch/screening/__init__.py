"""Screening: a cohort's blocks through the screener into a folder of part files, side by side, resumed, and compared with an earlier run."""
