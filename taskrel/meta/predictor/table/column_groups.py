"""Groups of columns of the pair table that models read, by the name that results carry."""

from taskrel.meta.features.names import (
    CURVE_FEATURES,
    DATASET_FEATURES,
    PAIR_FEATURES,
    PAPER_FEATURES,
    TASK_FEATURES,
    TRANSFERABILITY,
)
from taskrel.meta.predictor.table.pair_table import Columns

_data, _curve, _paper = tuple(DATASET_FEATURES), tuple(CURVE_FEATURES), tuple(PAPER_FEATURES)
_task, _pair = tuple(TASK_FEATURES), tuple(PAIR_FEATURES)

#: The first three are the paper's: main, auxiliary and ratio.
COLUMNS = {
    "all_features": Columns(_paper, _paper, _paper),
    "data_features": Columns(_data, _data, _data),
    "curve_features": Columns(_curve, _curve, _curve),
    "pair_features": Columns(pair=_pair),
    "aux_and_pair": Columns(aux=_task, pair=_pair),
    "main_features": Columns(main=_task),
    "transferability": Columns(rank=TRANSFERABILITY),
    "pair_ranks": Columns(rank=_pair),
}

#: The columns of all groups.
EVERY = Columns(_task, _task, _task, _pair, _pair)

#: The identity of the auxiliary alone, without any feature.
IDENTITY = "identity"
#: A group with the identity of the auxiliary (`aux_identity`) → the same group without it.
IDENTIFIED = {
    "transferability_identity": "transferability",
    "pair_ranks_identity": "pair_ranks",
}
