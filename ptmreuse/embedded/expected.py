"""What the codebook says and too few papers show: the ridge pulls the weights of a head here, and all others to 0.

One mapping per class of a head, from features to weights. They were written down from the codebook's words, not fitted.
"""

from collections.abc import Mapping

_STEPS: Mapping[str, Mapping[str, float]] = {
    "observation": {  # recordings of nature without intervention
        "abstract_on_nature": 0.8, "title_on_nature": 0.8, "said_on_nature": 0.4, "modality_earth": 0.5,
        "modality_sound": 0.4, "abstract_silent": 0.5, "modality_protein": -0.5, "abstract_on_method": -0.4,
        "abstract_on_treatment": -0.5, "title_on_treatment": -0.6,
    },
    "background": {"abstract_on_reading": 0.8, "title_on_reading": 1.0, "said_on_reading": 0.8},
    "hypothesis": {  # candidates and explanations that are then to be tested
        "said_on_proposal": 0.8, "abstract_on_proposal": 0.5, "title_on_proposal": 0.8, "abstract_on_discovery": 0.4,
        "title_on_discovery": 0.8, "modality_generative": 0.5, "only_small_type": -0.5,
    },
    "test": {  # a paper about applying a model to a task
        "abstract_on_method": 0.8, "title_on_method": 0.8, "abstract_names": 0.6, "said_on_verdict": 0.6,
        "title_on_verdict": 0.3, "share": 0.5, "abstract_silent": -1.0, "only_small_type": -0.6,
    },
    "analysis": {  # recordings of an experiment that the authors performed, the reference for measured data
        "abstract_on_treatment": 0.5, "title_on_treatment": 0.5, "said_on_treatment": 0.3, "said_on_measured": 0.7,
        "abstract_silent": 0.6, "title_on_nature": -0.4,
    },
    "conclusion": {"said_on_picture": 1.2, "only_small_type": 1.2, "said_on_report": 0.8, "abstract_silent": 0.2},
}  # fmt: skip

_PATTERNS: Mapping[str, Mapping[str, float]] = {
    "conceptual": {  # rebuilt and trained anew
        "close_to_be_anew": 0.6, "said_to_be_anew": 0.4, "near_to_be_anew": 0.15, "close_to_be_trained": 0.3,
        "said_to_be_trained": 0.2, "kind_architecture": 0.5, "kind_tool": -0.5, "close_to_be_loaded": -0.4,
        "said_to_be_loaded": -0.4, "near_to_be_loaded": -0.15, "close_to_be_untouched": -0.3,
    },
    "adaptation": {  # weights loaded and changed, or features under a new head
        "close_to_be_loaded": 0.4, "said_to_be_loaded": 0.3, "near_to_be_loaded": 0.15, "close_to_be_changed": 0.5,
        "said_to_be_changed": 0.35, "near_to_be_changed": 0.15, "close_to_be_features": 0.3, "said_to_be_features": 0.3,
        "close_to_be_trained": 0.15, "family_DeepLabCut": 0.5, "close_to_be_anew": -0.35, "close_to_be_untouched": -0.2,
    },
    "deployment": {  # run as it is
        "close_to_be_untouched": 0.45, "said_to_be_untouched": 0.3, "kind_tool": 0.4, "never_trained": 0.25,
        "kind_architecture": -0.5, "close_to_be_changed": -0.4, "said_to_be_changed": -0.2, "close_to_be_anew": -0.4,
        "close_to_be_features": -0.25, "close_to_be_trained": -0.35, "said_to_be_trained": -0.15,
        "family_DeepLabCut": -0.5,
    },
}  # fmt: skip

EXPECTED: Mapping[str, list[Mapping[str, float]]] = {
    "uses_deep_learning": [{"title_review": -4.0}],  # a review runs nothing
    "reuse_pattern": list(_PATTERNS.values()),
    "science_step": list(_STEPS.values()),
}
