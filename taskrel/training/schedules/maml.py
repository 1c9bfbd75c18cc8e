"""Meta-training: learn weights from which one step of adaptation is effective (MAML).

Finn, Abbeel and Levine (2017), over pairs of batches as in SoGMTL (Li et al. 2021). The
main task gives a batch a, and each auxiliary k batches b_1 … b_k. Pair i has the loss
L_i(θ) = L_main(a; θ) + Σ L_aux(b_i; θ). The weights θ are adapted to a pair,
θ_i = θ − lr · ∇L_i(θ), and the next pair gives the gradient: that of the step is the mean
of ∇_θ L_{i+1}(θ_i) over i = 1 … k − 1. Because it is a mean and not a sum, it has the size
of an ordinary gradient, which is its limit for lr → 0, and clip and optimiser.lr mean the
same for any k.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from taskrel.errors import RecipeError
from taskrel.models.sharing import Sharing
from taskrel.training.batches import Batch
from taskrel.training.gradients import joint_gradients, task_losses
from taskrel.training.recipes.recipe import MetaTraining

Weights = Mapping[str, torch.Tensor]

_NO_SECOND = re.compile("derivative for .* is not implemented|differentiate twice")


def meta_gradients(
    model: Sharing, tasks: Sequence[int], batches: Sequence[Iterator[Batch]], spec: MetaTraining
) -> list[torch.Tensor]:
    """Add the gradients of one step to ``.grad``; return each task's loss before adaptation.

    The loss of an auxiliary is that of the first of its `spec.shots` batches. A step is one
    update of it. A step without auxiliaries has no pairs and is an ordinary step.

    Word tables are not adapted, because that would take a pass over all their rows; the
    gradient of the step contains theirs, which is sparse.

    Raises `RecipeError` if second derivatives are needed and the model has none.
    """
    if not any(tasks):
        return joint_gradients(model, tasks, batches)
    main = [next(batches[0])] if 0 in tasks else []
    pairs = [main + [next(batches[task]) for task in tasks if task] for _ in range(spec.shots)]
    module = _Losses(model)

    def losses(weights: Weights, pair: int) -> list[torch.Tensor]:
        return torch.func.functional_call(module, dict(weights), (tasks, pairs[pair]))

    try:
        return backward_through_steps(losses, adaptable(module), spec.shots, spec.lr, spec.order)
    except RuntimeError as e:
        if not _NO_SECOND.search(str(e)):
            raise
        raise RecipeError(
            "recipe: field 'schedule.order': expected 1, because a layer of this model has no "
            f"second derivative on this device, found {spec.order}; use order 1, or encoder 'cnn'"
        ) from e


def backward_through_steps(
    losses: Callable[[Weights, int], list[torch.Tensor]],
    start: Weights,
    n: int,
    lr: float,
    order: int,
) -> list[torch.Tensor]:
    """Add the mean of ∇_θ L_{i+1}(θ_i) over i = 1 … n − 1 to the ``.grad`` of θ.

    losses : (weights, number of the pair, from 0) → losses whose sum is L
    start : weights that are adapted, by name; other weights get their gradient as well
    lr : of the adaptation, θ_i = θ − lr · ∇L_i(θ)
    order : 1 treats ∇L_i(θ) as a constant, so that the gradient is that at θ_i; 2
        differentiates it

    Returns the losses of the first pair before adaptation, detached.
    """
    first = None
    for i in range(n - 1):
        with _twice_differentiable(order == 2):
            before = losses(start, i)
        slopes = torch.autograd.grad(
            sum(before), list(start.values()), create_graph=order == 2, allow_unused=True
        )
        adapted = {
            name: weight if slope is None else weight - lr * slope
            for (name, weight), slope in zip(start.items(), slopes, strict=True)
        }
        (sum(losses(adapted, i + 1)) / (n - 1)).backward()
        first = first or [loss.detach() for loss in before]
    return first


@contextmanager
def _twice_differentiable(wanted: bool) -> Iterator[None]:
    """Use kernels with second derivatives; fused attention and cuDNN's LSTM have none."""
    if not wanted:
        yield
        return
    with sdpa_kernel(SDPBackend.MATH), torch.backends.cudnn.flags(enabled=False):
        yield


class _Losses(nn.Module):
    """The losses of a model as a module, whose weights ``functional_call`` can replace."""

    def __init__(self, model: Sharing):
        super().__init__()
        self.model = model

    def forward(self, tasks: Sequence[int], batches: Sequence[Batch]) -> list[torch.Tensor]:
        """See `task_losses`."""
        return task_losses(self.model, tasks, batches)


def adaptable(module: nn.Module) -> dict[str, nn.Parameter]:
    """Trained weights by name, without those with sparse gradients."""
    sparse = {
        id(part.weight)
        for part in module.modules()
        if isinstance(part, nn.Embedding) and part.sparse
    }
    return {
        name: weight
        for name, weight in module.named_parameters()
        if weight.requires_grad and id(weight) not in sparse
    }
