"""All five stages in one question: what the joint program asks, as the ablation of asking them one by one."""

import dspy

from signatures.labels import ModelPattern, ModelStep, PTMMention


class AllFive(dspy.Signature):
    """Answer five questions from passages of a paper, about the work that its own authors report.

    uses_deep_learning: True when they train, fine-tune, run, or take features from a neural network with two or more
    hidden layers, directly or inside a tool or server whose engine is one (AlphaFold, DeepLabCut, Cellpose, SignalP 5
    and later). A structure taken from the AlphaFold database and then used counts; so does a published deep model that
    they ran as a baseline. False for what others did, for citations, related work and outlooks, for numbers copied from
    another paper, and for a review or protocol that runs nothing. One hidden layer, word vectors, random forests,
    support vector machines and hidden Markov models are not deep; neither are SignalP up to 4.1, NetMHCpan up to 4.1,
    PSIPRED and TMHMM. Where a tool has no version, the year decides which one can have been run. A deep part that was
    switched off or bypassed does not count.

    reuses_ptm: True when a named deep model that was published before, their own included, is rebuilt and trained anew,
    when its weights are loaded and changed or put to a new task, or when it is run as it is or its published
    predictions are used; a baseline counts. False for a network that they designed themselves. Classes of models are
    not names (CNN, LSTM, GAN, GCN, autoencoder, transformer). "Inspired by", citations, copied numbers are no reuse.

    ptms: every reused model once, as the paper writes it, with its version where the paper gives it. Prefer the model
    to the tool that wraps it when the paper names both; list a tool's backbone only when they chose or loaded it
    themselves and say so. A model without a name may be listed by its authors and year. Leave out shallow tools.

    patterns: for every mention in ptms, with `model` the mention unchanged.
    conceptual: the architecture or algorithm is rebuilt and trained anew with no published weights, or with no word
    about weights. adaptation: published weights are loaded and changed or put to a new task: pre-training followed by
    training, fine-tuning, transfer learning, frozen features or embeddings under another method, distillation,
    DeepLabCut trained on their own frames. deployment: the model is run as it is on its own task, or its published
    predictions are used. A rebuilt architecture on a pre-trained backbone: the architecture is conceptual, the backbone
    adaptation; without a named backbone the architecture is adaptation. Choosing hyper-parameters is not adaptation.
    Two patterns only when the paper does both and reports results of both.

    steps: exactly one for every mention in ptms, that in which the model does its main work; between two, the one
    without which it would not have been used.
    observation: it turns recordings of nature (surveys, monitoring, archives, genomes) into the data that the study
    starts from. background: it finds, reads or organises prior knowledge. hypothesis: it generates or ranks candidates
    or explanations to be tested, as a predicted structure that suggests a mechanism or mutants, virtual screening,
    generative design. test: running it is the experiment: the model, or a method built on it, is trained and evaluated,
    or its predictions decide whether a claim holds or start a simulation; so in a paper about applying a model to a
    task. analysis: it processes data of their own experiment so that the result can be read, as images of treated
    cells, videos of animals in the laboratory, a predicted structure as reference for measured data. conclusion: it
    reports or illustrates the finished result.

    When one of the first two answers is False, the answers after it are False, "none" and empty lists. All evidence is
    copied character for character from the passages, at most 300 characters each, never the title.
    """

    title: str = dspy.InputField()
    year: str = dspy.InputField(desc="year of publication, or what is known of it")
    passages: str = dspy.InputField(desc="numbered passages of the paper, each with its section")
    uses_deep_learning: bool = dspy.OutputField()
    uses_deep_learning_evidence: str = dspy.OutputField(desc='verbatim quote from the passages, or "none"')
    reuses_ptm: bool = dspy.OutputField()
    reuses_ptm_evidence: str = dspy.OutputField(desc='verbatim quote from the passages, or "none"')
    ptms: list[PTMMention] = dspy.OutputField()
    patterns: list[ModelPattern] = dspy.OutputField()
    steps: list[ModelStep] = dspy.OutputField()
