"""Evidence: features of tasks and pairs, with measured gains."""
