"""The device that runs train on: whether it is available, what it lacks, its number of jobs."""

from collections.abc import Mapping

import torch
from joblib import cpu_count

from taskrel.errors import UsageError
from taskrel.models.precision import has_bfloat16
from taskrel.training.recipes.recipe import Recipe


def checked_device(name: str) -> str:
    """Device class; raises `UsageError` where it is unknown or absent."""
    if name not in ("cpu", "cuda"):
        raise UsageError(f"unknown device {name!r}; known: cpu, cuda")
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError(
            "device 'cuda': this machine has none that torch can use; leave --device out"
        )
    return name


def device_warnings(recipes: Mapping[str, Recipe], device: str) -> list[str]:
    """Warnings about what recipes, by name, need and the device lacks."""
    return [
        f"recipe {name}: this {device} does not compute in bfloat16; float32 is used, so "
        "runs may take longer"
        for name, recipe in recipes.items()
        if recipe.precision == "bfloat16" and not has_bfloat16(device)
    ]


def default_jobs(device: str) -> int:
    """One process per core that this machine or container grants; one process on a GPU."""
    return cpu_count() if device == "cpu" else 1
