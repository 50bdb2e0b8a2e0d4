"""Stage 1: do the authors themselves use deep learning?"""

import dspy


class UsesDeepLearning(dspy.Signature):
    """Decide from passages of a paper whether its own authors use deep learning in the work that they report.

    Answer True when they train, fine-tune, run, or take features from a neural network with two or more hidden layers,
    directly or inside a tool or server whose engine is one (AlphaFold, DeepLabCut, Cellpose, SignalP 5 and later).
    A structure predicted with AlphaFold or taken from its database and then used counts; so does a published deep
    model that the authors ran as a baseline.

    Answer False for what others did, for citations, related work and outlooks, for numbers copied from another paper,
    and for a review or protocol that runs nothing. Networks with one hidden layer, word vectors, random forests,
    support vector machines and hidden Markov models are not deep; neither are SignalP up to 4.1, NetMHCpan up to 4.1,
    PSIPRED and TMHMM. Where a tool has no version, the year decides which version can have been run. A deep part
    that was switched off or bypassed does not count.

    The evidence is one sentence or part of it, at most 300 characters, copied character for character from the
    passages, never the title. With the answer False the evidence is "none".
    """

    title: str = dspy.InputField()
    year: str = dspy.InputField(desc="year of publication, or what is known of it")
    passages: str = dspy.InputField(desc="numbered passages of the paper, each with its section")
    uses_deep_learning: bool = dspy.OutputField()
    evidence: str = dspy.OutputField(desc='verbatim quote from the passages, or "none"')
