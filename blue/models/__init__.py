"""Which models there are, where their weights come from, and the engines that run them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["memory"],
    submod_attrs={
        "adapter": ["CONFIG", "WEIGHTS", "merged_gguf", "read_adapter", "require_fit", "write_merged"],
        "cloze": ["Cloze"],
        "generator": ["LoadedGenerator", "describe_generator", "load_generator"],
        "generator.about": ["LoadedProfiler"],
        "generator.openvino_engine": ["BLOCK_TOKENS", "EXACT"],
        "title_judge": ["BEGINNING", "TitleJudge", "load_title_judge"],
        "precision": ["cpu_gains_by_bfloat16", "fast_dtype"],
        "presets": [
            "DEFAULT_ADAPTER",
            "DEFAULT_PRESET",
            "HubRepository",
            "MINILM",
            "ModelSource",
            "PRESETS",
            "Preset",
            "get_preset",
        ],
        "thread_priority": ["lower_priority"],
        "versions": ["VERSIONS", "require_same", "require_stated", "state_versions"],
        "weights": ["resolve"],
        "weights.files": [
            "Origin",
            "Progress",
            "cache_folder",
            "explained_os_errors",
            "locked",
            "sha256_of",
            "silent",
            "write_whole",
        ],
        "weights.hub": ["HubUnreachable"],
    },
)
