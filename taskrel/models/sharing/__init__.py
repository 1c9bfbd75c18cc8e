"""Sharing: what the models of several tasks have in common; one file per way of sharing."""

from taskrel.models.sharing.branches import Branches
from taskrel.models.sharing.gated import GatedSharing
from taskrel.models.sharing.hard import HardSharing
from taskrel.models.sharing.model import Read, Sharing

__all__ = ["Branches", "GatedSharing", "HardSharing", "Read", "Sharing"]
