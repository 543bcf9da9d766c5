"""What a spec declares, read but not yet wired: the typed form of a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from boxwork.blocks.grammar import Expr
from boxwork.blocks.settings import SettingType
from boxwork.blocks.types import Port, TypePattern
from boxwork.specs import marked
from boxwork.specs.diagnostics import Note, Span
from boxwork.specs.interpret import Interpretation


@dataclass(frozen=True, eq=False)
class DimDecl:
    """``d_model: 768``, ``d_ff: 4 * d_model`` or, free, ``seq: any``."""

    name: str
    value: marked.Scalar
    span: Span

    @property
    def free(self) -> bool:
        return self.value.text == "any"


@dataclass(frozen=True, eq=False)
class SettingDecl:
    """``window: size or none = none``; ``default`` is None if it must be given."""

    name: str
    type: SettingType
    default: marked.Marked | None
    span: Span


@dataclass(frozen=True, eq=False)
class InputDecl:
    """An input of a composite or of a spec."""

    port: Port
    text: marked.Scalar

    @property
    def span(self) -> Span:
        return self.text.span


@dataclass(frozen=True, eq=False)
class OutputDecl:
    """An output: its type, and the wire it is (by default the node of its name)."""

    name: str
    type: TypePattern
    text: marked.Scalar
    wire: marked.Scalar  # made up from the name unless `from` was written
    span: Span


@dataclass(frozen=True, eq=False)
class Requirement:
    """``d_model % heads == 0``."""

    expr: Expr
    text: marked.Scalar


Given = Mapping[str, tuple[marked.Scalar, marked.Marked]]  # setting -> its key, its value


@dataclass(frozen=True, eq=False)
class NodeDecl:
    """One node as written."""

    name: str
    span: Span
    use: marked.Scalar | None
    inputs: marked.Marked | None = None
    given: Given = field(default_factory=dict)
    repeat: marked.Scalar | None = None
    vary: Mapping[str, tuple[marked.Scalar, marked.Sequence]] = field(default_factory=dict)
    share: marked.Scalar | None = None
    parallel: marked.Scalar | None = None
    weigh: marked.Scalar | None = None
    tie: marked.Marked | None = None
    values: marked.Mapping | None = None
    keep: marked.Scalar | None = None
    label: str = ""
    edits: tuple[Note, ...] = ()  # what variants changed here
    wrong: bool = False  # it cannot be read whole, which is reported: what it gives is not known


@dataclass(frozen=True, eq=False)
class PresetDecl:
    """A block with settings filled in: ``Drop: {use: Dropout, with: {rate: dropout}}``."""

    name: str
    span: Span
    use: marked.Scalar
    given: Given
    closed: bool = False


@dataclass(frozen=True, eq=False)
class CompositeDecl:
    """A block made of nodes; the nodes of the spec itself are one too.

    ``closed``: it sees only its own names (a catalogue block, or an edited copy of one).
    """

    name: str
    span: Span
    inputs: Mapping[str, InputDecl]
    outputs: Mapping[str, OutputDecl]
    nodes: Mapping[str, NodeDecl]
    settings: Mapping[str, SettingDecl] = field(default_factory=dict)
    dims: Mapping[str, DimDecl] = field(default_factory=dict)
    require: tuple[Requirement, ...] = ()
    closed: bool = False
    text: Mapping[str, str] = field(default_factory=dict)  # about, formula, title, family, …


BlockDecl = PresetDecl | CompositeDecl


@dataclass(frozen=True, eq=False)
class Spec:
    """A spec with its variants applied: the root's nodes and the blocks of its own."""

    name: str
    root: CompositeDecl
    blocks: Mapping[str, BlockDecl]
    interpretation: Interpretation
    span: Span
    text: Mapping[str, str] = field(default_factory=dict)  # about, special, source, year
    inherited: frozenset[str] = frozenset()  # dims and blocks that came by `extends`
    interpret: marked.Mapping | None = None
    edited: frozenset[str] = frozenset()  # blocks that edits made, as copies of others
    extends: str = ""  # the base, as it is named
    toy: Mapping[str, DimDecl] = field(default_factory=dict)  # sizes at which it is a toy

    @property
    def said(self) -> Mapping[str, Mapping[str, str]]:
        """What the spec says of its own composites: about, formula, source."""
        return {
            name: decl.text for name, decl in self.blocks.items() if isinstance(decl, CompositeDecl)
        }
