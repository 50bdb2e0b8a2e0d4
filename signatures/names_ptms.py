"""Stage 3: which published models do they reuse?"""

import dspy

from signatures.labels import PTMMention


class NamesPTMs(dspy.Signature):
    """List every published deep model that the authors of a paper reuse, each once, as the paper writes it.

    A model belongs in the list when the authors rebuild it, retrain it, fine-tune it, take features from it, run it, or
    use its published predictions, be it their main method, one step of a pipeline or a baseline. Give the version where
    the paper does (AlphaFold 2, ResNet-50, SignalP 5.0). Prefer the model to the tool that wraps it when the paper
    names both; list a tool's backbone only when the authors chose or loaded it themselves and say so. A model without
    a name may be listed by its authors and year.

    Leave out models that are only cited or compared with published numbers, classes of models (CNN, LSTM, GAN,
    transformer), shallow tools, and networks that the authors designed themselves in this paper.

    The mention and its evidence are copied character for character from the passages; the evidence has at most 300
    characters and is never the title.
    """

    title: str = dspy.InputField()
    year: str = dspy.InputField(desc="year of publication, or what is known of it")
    passages: str = dspy.InputField(desc="numbered passages of the paper, each with its section")
    ptms: list[PTMMention] = dspy.OutputField()
