import numpy as np
import torch

from taskrel.models.frozen.table import StateTable


def test_rows_are_numbered_through_and_looked_up():
    first, second = np.arange(6, dtype=np.float16).reshape(3, 2), np.full((2, 2), 9, np.float16)
    table = StateTable([first, second])
    assert table.embedding_dim == 2 and not list(table.parameters())
    assert table.rows(0).tolist() == [1, 2, 3] and table.rows(1).tolist() == [4, 5]
    batch = torch.tensor([[1, 3], [2, 0]])  # 0 is padding
    found = table(batch)
    assert found.dtype == torch.float32
    assert found[0].tolist() == [[0, 1], [4, 5]] and found[1, 0].tolist() == [2, 3]
    assert table(torch.tensor([[5]])).tolist() == [[[9, 9]]]
