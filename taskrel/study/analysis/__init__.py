"""Analysis of finished runs: gains, reliability, comparisons, contrasts."""
