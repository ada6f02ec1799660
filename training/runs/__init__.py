"""What a training run writes and resumes from: configuration, checkpoints, logs, records."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["checkpoints", "curves"],
    submod_attrs={
        "lora": ["lora_of"],
        "base_model": ["name_public_base", "refuse_other_texts", "save_merged", "trainable_base"],
        "checkpoints": ["explained_full_disk", "is_full_disk", "last_whole"],
        "command": ["parser_of"],
        "config_files": ["read_values"],
        "folder": ["RunError", "RunFolder", "find_run"],
        "judge": ["NextItemJudge", "TitleJudge"],
        "log": ["entries", "rewind"],
        "precision": ["weights_dtype", "with_precision"],
        "progress": ["REPORT_EVERY", "Progress", "say"],
        "record": ["RunRecord", "machine", "versions"],
        "step_log": ["StepLog"],
    },
)
