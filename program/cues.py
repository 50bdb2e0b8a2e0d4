"""The words by which passages are chosen and by which the embedded LM reads them.

Each cue is a set of words and two- or three-word phrases (joined by "_"), compared in lower case with hyphens as
spaces.
"""

import re
from functools import lru_cache

_WORDS: dict[str, str] = {
    # What is deep.
    "deep": """deep_learning deeplearning deep_neural deep_network deep_networks convolutional
        convolution_neural cnn cnns dcnn rcnn recurrent_neural
        lstm bilstm long_short_term_memory gated_recurrent autoencoder autoencoders
        auto_encoder auto_encoders variational_autoencoder adversarial_network
        adversarial_networks generative_adversarial transformer_model transformer_models transformer_encoder
        transformer_network transformer_architecture vision_transformer vision_transformers encoder_decoder
        graph_convolutional graph_neural gnn gcn multilayer_perceptron multilayer_perceptrons multi_layer_perceptron
        denoising_diffusion language_model language_models llm llms foundation_model foundation_models dnn dnns
        deep_reinforcement deep_q self_attention residual_network residual_networks normalizing_flow normalizing_flows
        deep_generative neural_operator deep_convolutional deep_residual hidden_layers""",
    "neural": """neural_network neural_networks neural_net neural_nets""",
    # Of deep learning near other such words; elsewhere a GaN diode, a plasmid backbone, sleep epochs, a dropout medium.
    "training": """epoch epochs minibatch mini_batch trained_model trained_models training_set training_data
        layer_network batch_size learning_rate dropout backpropagation softmax relu elu adam adam_optimizer adamw
        stochastic_gradient sgd cross_entropy loss_function validation_loss training_loss hidden_layer fully_connected
        max_pooling pooling_layer batch_normalization data_augmentation augmentation pytorch tensorflow keras gpu gpus
        nvidia cuda hyperparameter hyperparameters early_stopping overfitting weight_decay convolution convolutions
        kernel_size skip_connections checkpoint checkpoints gan gans vae gru rnn mlp fcn transformer_based transformers
        diffusion_model diffusion_models siamese backbone backbones attention_mechanism""",
    "architecture": """architecture architectures layer layers encoder decoder network networks""",
    "pretrained": """pretrained pre_trained pretraining pre_training imagenet transfer_learning ms_coco mscoco
        coco_dataset model_weights pretrained_weights published_weights model_zoo hugging_face huggingface""",
    "finetune": """fine_tuned fine_tuning fine_tune finetuned finetuning finetune re_fitted refitted retrained
        re_trained retrain re_training transfer_learned transferred unfroze unfreeze unfrozen adapted
        domain_adaptation last_layer final_layer classification_head new_head lora distillation distilled
        starting_point initialized initialised initialize initialization top_layers""",
    "features": """embedding embeddings feature_extractor feature_extraction extract_features extracted_features
        features_extracted frozen activations penultimate representations latent_features deep_features
        feature_vectors""",
    "scratch": """from_scratch randomly_initialized randomly_initialised random_initialization random_weights
        initialized_randomly de_novo_trained trained_anew re_implemented reimplemented reimplementation
        implementation_of implemented architecture_of based_on_the modified modification variant_of similar_to own_data
        our_implementation custom""",
    "own_design": """we_propose we_proposed proposed_model proposed_network proposed_method our_network our_model
        novel_architecture we_designed we_developed we_introduce our_cnn custom_cnn designed_a developed_a self_designed
        our_own consisting_of consists_of""",
    "train": """train trained training trains retrained fitted fit learned learns""",
    # How it is used.
    "we": "we our us ourselves",
    "use": """used using use uses utilized utilised utilizing utilising utilize employed employing employ applied
        applying apply ran run running performed executed conducted carried_out implemented leveraged adopted via
        with_the_help by_means""",
    "output": """predicted predict predictions prediction modelled modeled modeling modelling generated generate
        obtained computed calculated estimated detected tracked tracking segmented segmentation identified
        classified annotated annotation inferred inference reconstructed denoised picked picking basecalled
        basecalling called labelled labeled extracted quantified analyzed analysed scored designed downloaded
        retrieved submitted input inputted fed folded docked embedded transcribed processed""",
    "was": "was were been is are",
    "asis": """default default_settings default_parameters web_server webserver server online standalone installed
        version github downloaded database publicly_available available_at off_the_shelf out_of_the_box as_is
        zero_shot provided pretrained_model general_model built_in plugin""",
    "baseline": """baseline baselines benchmark benchmarks benchmarked benchmarking compared comparison compare
        outperform outperforms outperformed state_of_the sota accuracy f1 auc auroc recall precision dice map
        performance evaluated evaluation test_set validation_set cross_validation competing""",
    # What makes a sentence say nothing of the authors' own work.
    "negation": """not no without never neither nor cannot unlike rather_than instead_of did_not does_not was_not
        were_not not_used excluding excluded disabled bypassed omitted ignored lack""",
    "outlook": """could may might future potential potentially promising would should will opportunity opportunities
        further_work future_work future_studies perspective envision next_step plan planned hopefully possible
        can_be""",
    "others": """recently recent has_been have_been previous previously others authors_of et_al reported proposed_by
        developed_by introduced_by literature studies researchers for_example such_as e_g including review reviewed
        widely popular emerged increasingly rapidly advances breakthrough success successes""",
    "reported_numbers": """reported_by taken_from_the as_reported copied_from reported_in published_results
        results_of_ref quoted_from original_publication""",
    "inspired": "inspired inspired_by motivated_by reminiscent analogous",
    "shallow": """random_forest random_forests support_vector svm svms logistic_regression pca principal_component
        xgboost gradient_boosting decision_tree hidden_markov hmm word2vec k_means naive_bayes single_hidden one_hidden
        lasso elastic_net lda knn shallow""",
    "review": """review reviews reviewed survey perspective overview editorial commentary opinion protocol
        this_review we_review roadmap""",
    # What it is used for.
    "structure": """structure structures structural fold folding complex complexes interface interfaces interaction
        interactions binding plddt pae residues domain docking dimer conformation model""",
    "mechanism": """suggest suggests suggesting suggested hypothesize hypothesized hypothesis mechanism mutants mutant
        mutations mutation mutagenesis mutated predicted_to candidate candidates explain potential_role interface
        speculate possible likely consistent_with insight insights screen screening virtual_screening design designed
        designs generated ranked prioritize prioritized""",
    "images": """image images imaging micrographs micrograph microscopy microscope confocal fluorescence nuclei
        cells cell scans mri ct pixels pixel tomograms cryo em cryoem particles histology slides stack stacks
        photographs segmentation segmented masks mask z_stack""",
    "behaviour": """video videos behavior behaviour behavioral behavioural pose keypoints body_parts tracking
        tracked kinematic kinematics locomotion mice mouse rats rat animals animal frames camera cameras
        trajectories markerless""",
    "survey": """field survey surveys monitoring camera_trap camera_traps recordings acoustic satellite
        remote_sensing uav drone drones aerial genome genomes proteome annotation annotated species archive wild
        population inventory plots orthomosaic transcriptome secretome secreted signal_peptide signal_peptides
        putative genes contigs reads nanopore sequencing""",
    "experiment": """treated treatment stimulated transfected knockout knockdown wild_type experiment experiments
        experimental patients participants stained staining injected recorded acquired purified assay density map maps
        fitted docked_into refinement refined rebuilt restraints coot phenix atomic_coordinates tomogram
        quantification quantify quantified""",
    "illustrate": """figure fig shown show illustrates illustration illustrate visualized visualised depicted rendered
        schematic cartoon colored coloured displayed summary summarize summarise graphical""",
    "literature": """literature abstracts articles papers pubmed text_mining corpus documents retrieval text texts
        knowledge question reports notes mining reviews screening_of""",
    "simulation": """simulation simulations molecular_dynamics md starting_structure starting_point docking haddock
        trajectory free_energy validated validate confirm confirmed support supports test_whether tested""",
}


def _tables() -> tuple[dict[str, frozenset[str]], dict[str, list[tuple[str, ...]]]]:
    cues: dict[str, set[str]] = {}
    for cue, words in _WORDS.items():
        for word in words.split():
            cues.setdefault(word, set()).add(cue)
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for word in cues:
        if "_" in word:
            phrases.setdefault(word.split("_")[0], []).append(tuple(word.split("_")))
    return {word: frozenset(names) for word, names in cues.items()}, phrases


_CUES, _PHRASES = _tables()
_SINGLE = frozenset(word for word in _CUES if "_" not in word)
_HEADS = frozenset(_PHRASES)
_WORD = re.compile(r"[a-z]+\d*")
NAMES = tuple(_WORDS)


@lru_cache(maxsize=16384)
def cues(sentence: str) -> frozenset[str]:
    """The names of the cues whose words stand in a sentence."""
    words = _WORD.findall(sentence.lower())
    present = frozenset(words)
    found: set[str] = set()
    for word in present & _SINGLE:
        found |= _CUES[word]
    for head in present & _HEADS:
        for phrase in _PHRASES[head]:
            if present.issuperset(phrase) and _follows(words, phrase):
                found |= _CUES["_".join(phrase)]
    return frozenset(found)


def _follows(words: list[str], phrase: tuple[str, ...]) -> bool:
    at = words.index(phrase[0])
    while tuple(words[at : at + len(phrase)]) != phrase:
        try:
            at = words.index(phrase[0], at + 1)
        except ValueError:
            return False
    return True


# A paragraph with none of these has nothing to say of deep learning.
_TRIGGERS = ("deep", "neural", "pretrained", "training", "features")
_TRIGGER_WORDS = frozenset(w for cue in _TRIGGERS for w in _WORDS[cue].split() if "_" not in w)
_TRIGGER_PHRASES = {
    head: [p for p in phrases if not _CUES["_".join(p)].isdisjoint(_TRIGGERS)] for head, phrases in _PHRASES.items()
}
_TRIGGER_HEADS = frozenset(head for head, phrases in _TRIGGER_PHRASES.items() if phrases)


def may_trigger(words: frozenset[str]) -> bool:
    """Whether a text with these lower-case words can hold a cue of deep learning: most paragraphs are refused."""
    if not words.isdisjoint(_TRIGGER_WORDS):
        return True
    return any(words.issuperset(phrase) for head in words & _TRIGGER_HEADS for phrase in _TRIGGER_PHRASES[head])
