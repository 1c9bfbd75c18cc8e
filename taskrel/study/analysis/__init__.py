"""What finished runs say: gains, reliability, comparisons, contrasts."""
