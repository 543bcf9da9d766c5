"""What ``import boxwork as bw`` gives first: a thin face over the rooms."""

from boxwork.architecture import Graph, load, skipped
from boxwork.model import Model

__all__ = ["Graph", "Model", "load", "skipped"]
