"""A GGUF file as an OpenVINO folder, converted once: the folder loads in half the time of the file."""

import os
import tempfile
from pathlib import Path

from blue.errors import WeightsError
from blue.models.weights import cache_folder, locked

MODEL = "openvino_model.xml"
FORM = "1"  # of the conversion; another number converts again


def openvino_folder(gguf: Path, key: str) -> Path:
    """The folder of a GGUF file that the engine reads without loss; `key` names its content.

    Raises:
        WeightsError: the engine can't read the file.
    """
    folder = cache_folder() / "openvino" / f"{key}-{FORM}"
    with locked(folder):
        if not (folder / MODEL).is_file():
            _convert(gguf, folder)
    return folder


def _convert(gguf: Path, folder: Path) -> None:
    """Write the OpenVINO form of a GGUF file; the folder is there whole or not at all."""
    import openvino_genai as genai

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        source = Path(made) / "model.gguf"
        os.symlink(gguf, source)  # the engine writes beside the file it reads
        try:
            genai.LLMPipeline(source, "CPU", enable_save_ov_model=True)
        except RuntimeError as error:
            raise WeightsError(
                f"openvino-genai cannot read {gguf}: {str(error).splitlines()[-1]} "
                "Use a llama or qwen GGUF, an OpenVINO folder, or a safetensors folder (transformers engine)."
            ) from error
        source.unlink()
        whole = folder.parent / f"{folder.name}.{os.getpid()}"
        Path(made).rename(whole)
        Path(made).mkdir()  # for TemporaryDirectory to remove
        whole.rename(folder)
