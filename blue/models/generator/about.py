"""What is said of a loaded profiler: in the app's footer, in reports, in an export."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class LoadedProfiler:
    """Which model writes the profiles. Without an adapter of ours it is `trained` for nothing of the kind."""

    name: str  # "SmolLM2-135M-Instruct"
    engine: str  # "openvino" or "transformers"
    source: str  # "hub", "package index", "local path"
    digest: str | None = None  # SHA-256 or commit of the base weights
    adapter: str | None = None  # the adapter folder's name, or what it is published as
    adapter_digest: str | None = None  # SHA-256 of the adapter's weights and configuration
    base: Path | None = field(default=None, repr=False, compare=False)  # file or folder of the base weights
    published: str | None = None  # "owner/name@1a2b3c4" or a folder, of a profiler that was loaded by name

    @property
    def trained(self) -> bool:
        """Whether an adapter trained to write profiles is attached, or merged into what was published."""
        return self.adapter is not None or self.published is not None
