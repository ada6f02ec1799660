"""What is said of a loaded profiler: in the app's footer, in reports, in an export."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LoadedProfiler:
    """Which model writes the profiles. Without an adapter of ours it is `trained` for nothing of the kind."""

    name: str  # "SmolLM2-135M-Instruct"
    engine: str  # "openvino" or "transformers"
    source: str  # "hub", "package index", "local path"
    digest: str | None = None  # SHA-256 or commit of the base weights
    adapter: str | None = None  # the adapter folder's name
    adapter_digest: str | None = None  # SHA-256 of the adapter's weights and configuration

    @property
    def trained(self) -> bool:
        """Whether an adapter trained to write profiles is attached."""
        return self.adapter is not None
