"""Search: what is believed about the auxiliaries of a main task, and which run to train next."""
