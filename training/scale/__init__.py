"""Many users, many items: here or on a cluster."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cluster.plan": ["Making"],
        "cluster.results": ["write_result"],
        "cluster.staging": ["find_input", "read_shard", "stage_users"],
        "cluster.worker": ["Models", "ProfileEmbedder", "ShardWriter"],
    },
)
