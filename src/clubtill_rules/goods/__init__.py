"""Goods: products, categories, families, specials, price levels, media and the frozen Line of a sale."""
