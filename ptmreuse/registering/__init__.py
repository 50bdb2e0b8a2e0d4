"""`ptmreuse register`: the compiled program as a version of a model in MLflow's registry, and the way back."""
