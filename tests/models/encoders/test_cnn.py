import pytest
import torch

from taskrel.models.encoders.cnn import CNN


def encoder(filters, dense=((1.0,),)):
    """CNN over word vectors of one dimension with these filters and dense weights."""
    cnn = CNN(1, len(filters), len(filters[0]), len(dense), torch.Generator().manual_seed(0))
    convolution, top = cnn.levels
    with torch.no_grad():
        convolution.filters.weight.copy_(torch.tensor(filters)[:, None])
        top.dense.weight.copy_(torch.tensor(dense))
    return cnn


def words(*texts):
    return torch.tensor(texts)[..., None]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        # Zeros around 1 2 3: (0 1 2) (1 2 3) (2 3 0), weights 1, 10, 100.
        ([1.0, 10, 100], [210, 321, 32]),
        ([1.0, 10], [21, 32, 3]),
        ([2.0], [2, 4, 6]),
        # (0 1 2 3) (1 2 3 0) (2 3 0 0)
        ([1.0, 10, 100, 1000], [3210, 321, 32]),
        ([-1.0, 1, 0], [1, 1, 1]),
        ([1.0, -1, 0], [0, 0, 0]),  # −1 each, rectified
    ],
)
def test_convolution_by_hand(window, expected):
    states = encoder([window])(words([1.0, 2, 3]), torch.tensor([3]))[0]
    assert states.flatten().tolist() == expected


def test_a_text_shorter_than_the_window_has_a_state():
    lowest, top = encoder([[1.0, 10, 100]])(words([5.0]), torch.tensor([1]))
    assert lowest.tolist() == [[[50]]]
    assert top.tolist() == [[50]]


def test_dense_layer_reads_the_largest_state_of_each_filter():
    cnn = encoder([[1.0], [-1.0]], dense=[[1.0, 10], [1, -10], [0, 1]])
    # Filters: 2 5 and 0 0 (rectified); then, of the padded text, 0 and 3.
    _, top = cnn(words([2.0, 5], [-3, 9]), torch.tensor([2, 1]))
    assert top.tolist() == [[5, 5, 0], [30, 0, 3]]
    with torch.no_grad():
        cnn.levels[1].dense.bias.fill_(-6)
    assert cnn(words([2.0, 5]), torch.tensor([2]))[1].tolist() == [[0, 0, 0]]
