"""The page "People": a folder of many people's profiles, for who may see them."""
