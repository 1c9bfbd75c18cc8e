"""Precision of an encoder's arithmetic: float32, or bfloat16 if the device supports it."""

from functools import cache

import torch
from torch import nn


def arithmetic(x: torch.Tensor, precision: torch.dtype) -> torch.autocast:
    """Return a context in which layers compute in `precision`, on the device of `x`.

    If the device does not support bfloat16, layers compute in float32.
    """
    device = x.device.type
    return torch.autocast(
        device, torch.bfloat16, enabled=precision == torch.bfloat16 and has_bfloat16(device)
    )


@cache
def has_bfloat16(device: str) -> bool:
    """Whether torch computes a recurrence in bfloat16 on a device of this type.

    A CPU needs AVX-512, AMX or similar instructions. Torch has no test for it, so that a
    small recurrence is tried.
    """
    lstm = nn.LSTM(1, 1, device="meta").to_empty(device=device)  # draws nothing from torch's state
    x = torch.zeros(1, 1, 1, device=device)
    try:
        with torch.no_grad(), torch.autocast(device, torch.bfloat16):
            lstm(x)
    except RuntimeError:
        return False
    return True
