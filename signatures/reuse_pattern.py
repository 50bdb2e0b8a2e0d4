"""Stage 4: by which pattern is each model reused?"""

import dspy

from signatures.labels import ModelPattern


class ReusePattern(dspy.Signature):
    """For each given model, say by which pattern the authors of a paper reuse it, with evidence for each pattern.

    conceptual: the architecture or algorithm is rebuilt and trained anew; no published weights are loaded. A named
    architecture that is trained on the authors' data with no word about weights is conceptual.

    adaptation: published weights are loaded and changed or put to a new task: pre-training on ImageNet or another
    corpus followed by training, fine-tuning, transfer learning, frozen features or embeddings under another method,
    distillation. DeepLabCut trained on the authors' frames is adaptation.

    deployment: the published model is run as it is on its own task, in a tool, locally or on a server, or its published
    predictions are used.

    A rebuilt architecture on a pre-trained backbone: the architecture is conceptual, the backbone adaptation; without
    a named backbone the architecture is adaptation. "Fine-tuned" in the sense of choosing hyper-parameters is not
    adaptation. Answer for every given model and for no other, with its name unchanged. Give a model two patterns only
    when the paper does both and reports results of both. The evidence is copied character for character from the
    passages, at most 300 characters, never the title.
    """

    title: str = dspy.InputField()
    models: list[str] = dspy.InputField(desc="the reused models to answer for")
    passages: str = dspy.InputField(desc="numbered passages of the paper, each with its section")
    patterns: list[ModelPattern] = dspy.OutputField()
