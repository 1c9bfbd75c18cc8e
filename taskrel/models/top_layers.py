"""The top layers of a transformer, trained on kept states of the layer below them."""

from pathlib import Path

import torch
from torch import nn

from taskrel.errors import VectorsError
from taskrel.models.frozen.pieces import PieceTable
from taskrel.models.pieces import Sequences
from taskrel.models.transformer import Transformer
from taskrel.tasks.words.pretrained import first_line


class TopLayers(Transformer):
    """The top layers of a pre-trained transformer; those below are frozen and not computed.

    The states are those of `Transformer` with its lower layers frozen and without dropout in
    them, but for the half precision of the kept ones.

    Parameters
    ----------
    path : folder of the model
    table : the kept states of the pieces of all texts of the run
    trained : number of layers, K; the states kept are those of the layer below them

    The others are those of `Transformer`. Raises `VectorsError` if these layers cannot be
    computed by themselves.
    """

    def __init__(
        self,
        path: Path,
        table: PieceTable,
        trained: int,
        generator: torch.Generator,
        *,
        dropout: float | None = None,
        precision: torch.dtype = torch.float32,
    ):
        super().__init__(path, table.words, generator, dropout=dropout, precision=precision)
        _keep_top(self.model, trained, path)
        self.levels = self.levels[-trained:]
        self.table = table
        self.register_buffer("starts", table.starts(self.pieces), persistent=False)

    def _words(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.table.word[tokens.cpu()].to(tokens.device)

    def _inputs(self, tokens: torch.Tensor, read: Sequences) -> dict[str, torch.Tensor]:
        at = torch.arange(read.mask.shape[1], device=tokens.device)
        rows = (self.starts[tokens[:, :1]] + at) * read.mask
        return {"inputs_embeds": self.table.states(rows)}


class _Given(nn.Module):
    """In place of a model's embeddings: passes the given states on."""

    def forward(self, *others, inputs_embeds=None, **more):
        """Return `inputs_embeds`, or the last argument without a name."""
        return others[1] if inputs_embeds is None else inputs_embeds


def _keep_top(model: nn.Module, trained: int, path: Path) -> None:
    """Remove all layers but the top ones, and the embeddings, and see that this works."""
    n = model.config.num_hidden_layers
    ones, was_training = torch.ones(1, 3, dtype=torch.long), model.training
    model.eval()
    try:
        with torch.no_grad():
            whole = model(input_ids=ones, attention_mask=ones, output_hidden_states=True)
            for parent in list(model.modules()):
                for name, child in list(parent.named_children()):
                    if isinstance(child, nn.ModuleList) and len(child) == n:
                        setattr(parent, name, child[n - trained :])
            model.embeddings = _Given()
            model.config.num_hidden_layers = trained
            below = whole.hidden_states[-1 - trained]
            top = model(inputs_embeds=below, attention_mask=ones, output_hidden_states=True)
        same = len(top.hidden_states) == trained + 1 and torch.allclose(
            top.hidden_states[-1], whole.hidden_states[-1], rtol=1e-3, atol=1e-4
        )
        why = "" if same else ": they give other states"
    except Exception as e:  # what the library raises depends on the architecture
        why = f" ({first_line(e)})"
    if why:
        raise VectorsError(
            f"transformer {path}: the top layers of a {model.config.model_type} cannot be "
            f"computed by themselves{why}; leave encoder.trained out, or name another model"
        )
    model.train(was_training)
