"""The one thing that pyproject.toml cannot say: assets/ stands beside blue/, and is installed inside it."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["blue", "blue.*", "training", "training.*"]), "blue.assets"],
    package_dir={"blue.assets": "assets"},
    package_data={"blue.assets": ["**"], "training": ["configs/**/*.yaml", "publish/*.md"]},
)
