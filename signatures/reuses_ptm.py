"""Stage 2: do they reuse a published model?"""

import dspy


class ReusesPTM(dspy.Signature):
    """Decide from passages of a paper that uses deep learning whether its authors reuse a published deep model.

    Answer True when a named model that was published before is rebuilt and trained anew (a U-Net, ResNet-18 from
    scratch, "modified VGG"), when its published weights are loaded and changed or put to a new task (fine-tuning,
    transfer learning, frozen features, embeddings), or when it is run as it is, locally, inside a tool or on a server,
    or its published predictions are used. A published model that the authors run or retrain as a baseline counts, and
    so does their own earlier published model.

    Answer False when they designed and trained their own network, even a deep one. Classes of models are not names:
    CNN, LSTM, GAN, GCN, autoencoder, transformer. "Inspired by" a model, its citation, or numbers copied from its
    paper are not reuse.

    The evidence is one sentence or part of it, at most 300 characters, copied character for character from the
    passages, never the title. With the answer False the evidence is "none".
    """

    title: str = dspy.InputField()
    year: str = dspy.InputField(desc="year of publication, or what is known of it")
    passages: str = dspy.InputField(desc="numbered passages of the paper, each with its section")
    reuses_ptm: bool = dspy.OutputField()
    evidence: str = dspy.OutputField(desc='verbatim quote from the passages, or "none"')
