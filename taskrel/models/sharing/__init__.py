"""Sharing: how the models of several tasks hang together; one file for each way."""

from taskrel.models.sharing.branches import Branches
from taskrel.models.sharing.gated import GatedSharing
from taskrel.models.sharing.hard import HardSharing
from taskrel.models.sharing.model import Read, Sharing, stream_parameters

__all__ = ["Branches", "GatedSharing", "HardSharing", "Read", "Sharing", "stream_parameters"]
