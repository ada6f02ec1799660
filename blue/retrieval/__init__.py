"""Profile -> ranked items: the embedder, the index, the one formula that scores, and the search."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "encoder": ["LoadedEncoder", "SentenceEncoder", "load_encoder"],
        "history_vectors": ["HistoryVectors"],
        "index": ["ItemIndex", "build_index", "load_or_build_index", "groups_path", "write_faiss"],
        "metrics": ["mrr_at_k", "ndcg_at_k", "recall_at_k"],
        "narrowing": ["decades_in", "genres_in", "main_kind", "narrowed", "parse_decades", "parse_genres"],
        "nearest": ["Clusters", "Exact", "structure_for"],
        "openvino_encoder": ["OpenVinoBert"],
        "retriever": ["Retriever"],
        "scoring": [
            "Query",
            "Scores",
            "baselines_of",
            "enabled_sentences",
            "log_popularity",
            "movements",
            "overlap_at",
            "score",
        ],
        "sharded_index": [
            "MOST_TRAINED",
            "Shard",
            "ShardedIndex",
            "open_shard",
            "train_cells",
            "write_shard",
        ],
        "shipped_embeddings": ["write_shipped_embeddings"],
        "similarity": ["best_first", "cosine_similarity", "normalise"],
        "turns": ["in_order"],
    },
)
