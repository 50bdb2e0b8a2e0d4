"""The codebook at hand: each question as it is put to people, its rules, and when a pattern or a step is meant."""

from collections.abc import Mapping
from types import MappingProxyType

from signatures.labels import Pattern, Step

QUESTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "uses_deep_learning": (
            "Do the authors use deep learning?",
            (
                "Yes when they train, run or take features from a network with two or more hidden layers, also inside"
                " a tool or server whose engine is one.",
                "Yes for a structure that they predicted with AlphaFold or took from its database and used, and for a"
                " deep baseline that they ran.",
                "No for what others did: citations, outlooks, numbers copied from another paper.",
                "No for one hidden layer, word vectors, random forests, SVMs, HMMs; SignalP and NetMHCpan up to 4.1.",
                "Where a tool has no version, the year decides which one they can have run.",
                "A no ends the paper. A yes needs a quote of at most 300 characters, never the title.",
            ),
        ),
        "reuses_ptm": (
            "Do they reuse a published model?",
            (
                "Yes when a named deep model that was published before is rebuilt, adapted or run as it is.",
                "Yes for a modified version of it, for a baseline, and for the authors' own earlier model.",
                "No for a network that they designed themselves, and for one that is only inspired by another.",
                "CNN, LSTM, GAN, autoencoder and transformer are kinds of models, not names.",
            ),
        ),
        "names_ptms": (
            "Which models?",
            (
                "Every reused model once, with its version where that makes it another model.",
                "The model rather than the tool around it; a tool's backbone only when the authors chose or loaded it.",
                "Not what is only cited or compared with published numbers.",
            ),
        ),
        "reuse_pattern": (
            "How is it reused?",
            (
                "Two patterns only when the paper does both and reports results of both.",
                "A named architecture trained on the authors' data, with no word about weights, is conceptual.",
                "Frozen features or embeddings under another method are adaptation; so is DeepLabCut on own frames.",
                "A rebuilt architecture on a pre-trained backbone: the architecture conceptual, the backbone"
                " adaptation.",
                "Changing layers or hyper-parameters is not adaptation when no weights are loaded.",
            ),
        ),
        "science_step": (
            "For which step of science?",
            (
                "Exactly one: the step in which the model does its main work in this paper.",
                "Between two, the one without which the model would not have been used.",
                "Recordings of nature without intervention are observation; of the authors' own experiment, analysis.",
                "A paper about applying a model to a task is test; so is a part of a method that it evaluates.",
            ),
        ),
    }
)

PATTERNS: Mapping[Pattern, str] = MappingProxyType(
    {
        "conceptual": "the architecture is rebuilt and trained anew; no published weights are loaded",
        "adaptation": "published weights are loaded and changed, or put to a new task",
        "deployment": "it is run as it is on its own task, or its published predictions are used",
    }
)

STEPS: Mapping[Step, str] = MappingProxyType(
    {
        "observation": "it turns recordings of nature into the data that the study starts from",
        "background": "it finds, reads or organises prior knowledge",
        "hypothesis": "it makes or ranks candidates or explanations that are then to be tested",
        "test": "running it is the experiment, or decides whether the hypothesis holds",
        "analysis": "it processes data of the study's experiment so that the result can be read",
        "conclusion": "it serves to report or illustrate the finished result",
    }
)
