"""The base of all encoders: levels on top of one another, each with its own states."""

from collections.abc import Sequence

import torch
from torch import nn


class Level(nn.Module):
    """One level of an encoder; ``level(words, below, lengths)`` returns its states, float32.

    Its arguments are the word vectors (B, T, D), the states of the level below (for the
    lowest level the word vectors) and the lengths (B,). States behind a text's end are
    meaningless, and states inside do not depend on what is there.

    Parameters
    ----------
    out : features of a state, W
    per_token : whether each token has a state, (B, T, W), or each text, (B, W)
    causal : number of leading features that do not depend on later tokens
    """

    def __init__(self, out: int, *, per_token: bool = True, causal: int = 0):
        super().__init__()
        self.out, self.per_token, self.causal = out, per_token, causal


class Stack(nn.Module):
    """An encoder; subclasses set `levels`, lowest first."""

    levels: Sequence[Level]

    @property
    def out(self) -> int:
        """Features of a state of the top level."""
        return self.levels[-1].out

    def forward(
        self, x: torch.Tensor, lengths: torch.Tensor, depth: int | None = None
    ) -> list[torch.Tensor]:
        """Return the states of each level, lowest first.

        x : word vectors (B, T, D); lengths : (B,); depth : number of levels, None: all
        """
        states = [x]
        for level in self.levels[:depth]:
            states.append(level(x, states[-1], lengths))
        return states[1:]
