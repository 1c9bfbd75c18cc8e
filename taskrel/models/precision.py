"""Precision: which numbers an encoder computes in, as far as the processor has them."""

from functools import cache

import torch
from torch import nn


def arithmetic(x: torch.Tensor, precision: torch.dtype) -> torch.autocast:
    """Context in which layers compute in `precision`, on the device of `x`.

    bfloat16 is a permission: where the device lacks it, layers compute in float32.
    """
    device = x.device.type
    return torch.autocast(
        device, torch.bfloat16, enabled=precision == torch.bfloat16 and has_bfloat16(device)
    )


@cache
def has_bfloat16(device: str) -> bool:
    """Whether torch computes a recurrence in bfloat16 on a device of this type.

    On a CPU that takes AVX-512, AMX or their like, and torch tells of none of it but by failing.
    """
    lstm = nn.LSTM(1, 1, device="meta").to_empty(device=device)  # no draw from torch's state
    x = torch.zeros(1, 1, 1, device=device)
    try:
        with torch.no_grad(), torch.autocast(device, torch.bfloat16):
            lstm(x)
    except RuntimeError:
        return False
    return True
