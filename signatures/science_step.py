"""Stage 5: for which step of the scientific process is each model used?"""

import dspy

from signatures.labels import ModelStep


class ScienceStep(dspy.Signature):
    """For each given model, say in which step of the scientific process it does its main work in this paper.

    observation: it turns recordings of nature (surveys, monitoring, archives, genomes) into the data that the study
    starts from: detection, tracking, segmentation, base calling, annotation as plain description.
    background: it finds, reads or organises prior knowledge, as in literature mining.
    hypothesis: it generates or ranks candidates or explanations to be tested: a predicted structure or interface that
    suggests a mechanism or mutants, virtual screening, generative design.
    test: running it is the experiment: the model, or a method built on it, is trained and evaluated as the object of
    the study, or its predictions decide whether a claim holds or start a simulation. A paper about applying a model to
    a task is test, and so is a component of a method that the paper builds and evaluates.
    analysis: it processes data of the authors' own experiment so that the result can be read: images of treated cells,
    videos of animals in the laboratory, particle picking, a predicted structure as reference for measured data.
    conclusion: it reports or illustrates the finished result.

    Exactly one step per model; between two, the one without which the model would not have been used. Answer for every
    given model and for no other, with its name unchanged. The evidence is copied character for character from the
    passages, at most 300 characters, never the title.
    """

    title: str = dspy.InputField()
    models: list[str] = dspy.InputField(desc="the reused models to answer for")
    passages: str = dspy.InputField(desc="numbered passages of the paper, each with its section")
    steps: list[ModelStep] = dspy.OutputField()
