"""Optimisers whose time does not depend on rows of the word table that a batch does not read."""

from collections.abc import Iterable

import torch
from torch import nn


class LazyAdadelta(torch.optim.Optimizer):
    """Adadelta (Zeiler 2012, algorithm 1) that updates only the rows of a sparse gradient.

    The result is that of the dense optimiser: a row with gradient zero does not change, and
    its two accumulators decay by `rho` in each step. The decay rho^k of the k steps since
    the row was last read is applied when it is read again.

    Parameters
    ----------
    params : iterable of parameters; those with ``sparse=True`` gradients
        (``nn.Embedding(sparse=True)``) are updated row by row
    lr : factor on the update that Adadelta computes
    rho : decay of both accumulators in each step
    eps : added inside both square roots
    """

    def __init__(
        self, params: Iterable[nn.Parameter], lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6
    ):
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps})

    @torch.no_grad()
    def step(self) -> None:
        """Update all parameters that have a gradient."""
        for group in self.param_groups:
            dense = []
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["square"] = torch.zeros_like(p)
                    state["delta"] = torch.zeros_like(p)
                if p.grad.is_sparse:
                    self._step_rows(p, state, group)
                else:
                    dense.append((p, p.grad, state["square"], state["delta"]))
            if dense:
                self._step_dense(group, *map(list, zip(*dense, strict=True)))

    @staticmethod
    def _step_dense(group: dict, params: list, grads: list, squares: list, deltas: list) -> None:
        """Equations of algorithm 1, on all dense parameters at once."""
        rho, eps = group["rho"], group["eps"]
        torch._foreach_mul_(squares, rho)
        torch._foreach_addcmul_(squares, grads, grads, value=1 - rho)
        root = torch._foreach_add(squares, eps)
        torch._foreach_sqrt_(root)
        move = torch._foreach_add(deltas, eps)
        torch._foreach_sqrt_(move)
        torch._foreach_div_(move, root)
        torch._foreach_mul_(move, grads)
        torch._foreach_mul_(deltas, rho)
        torch._foreach_addcmul_(deltas, move, move, value=1 - rho)
        torch._foreach_add_(params, move, alpha=-group["lr"])

    @staticmethod
    def _step_rows(p: nn.Parameter, state: dict, group: dict) -> None:
        """Apply the missed decay, then the same equations to the rows of the gradient."""
        rho, eps = group["rho"], group["eps"]
        grad = p.grad.coalesce()
        rows, g = grad.indices()[0], grad.values()  # (R,), (R, D)
        step = state["step"] = state.get("step", 0) + 1
        if "last" not in state:  # step at which each row was last read
            state["last"] = torch.zeros(len(p), dtype=torch.int64, device=p.device)
        missed = (step - 1 - state["last"][rows]).to(p.dtype)
        decay = torch.pow(torch.tensor(rho, dtype=p.dtype, device=p.device), missed + 1)[:, None]
        state["last"][rows] = step
        square = state["square"][rows].mul_(decay).addcmul_(g, g, value=1 - rho)
        delta = state["delta"][rows]
        # The dense step reads `delta` before this step's own decay: rho^missed, not rho^(missed+1).
        move = (delta * (decay / rho)).add_(eps).sqrt_().div_(square.add(eps).sqrt_()).mul_(g)
        state["square"][rows] = square
        state["delta"][rows] = delta.mul_(decay).addcmul_(move, move, value=1 - rho)
        p.index_add_(0, rows, move, alpha=-group["lr"])


class RowAdam(torch.optim.Optimizer):
    """Adam (Kingma and Ba 2015, algorithm 1) for word tables: only rows of a batch are updated.

    Same result as ``torch.optim.SparseAdam``, in half of its time: a row that is not read
    neither changes nor decays, and the bias correction counts the steps of the optimiser,
    not those of the row.

    Parameters
    ----------
    params : iterable of parameters with ``sparse=True`` gradients
    lr : step size
    betas : decay of the running mean and of the running square in each step
    eps : added to the square root
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self) -> None:
        """Update the rows of all parameters that have a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self._step_rows(p, group)

    def _step_rows(self, p: nn.Parameter, group: dict) -> None:
        state, (beta1, beta2) = self.state[p], group["betas"]
        if not state:
            state["step"] = 0
            state["mean"], state["square"] = torch.zeros_like(p), torch.zeros_like(p)
        state["step"] += 1
        grad = p.grad.coalesce()
        rows, g = grad.indices()[0], grad.values()  # (R,), (R, D)
        mean = state["mean"].index_select(0, rows).lerp_(g, 1 - beta1)
        square = state["square"].index_select(0, rows).lerp_(g.square(), 1 - beta2)
        state["mean"].index_copy_(0, rows, mean)
        state["square"].index_copy_(0, rows, square)
        correction = (1 - beta2 ** state["step"]) ** 0.5 / (1 - beta1 ** state["step"])
        p.index_add_(
            0, rows, mean.div_(square.sqrt_().add_(group["eps"])), alpha=-group["lr"] * correction
        )
