"""Hand-checked texts of court papers in three languages, and what stands in them."""
