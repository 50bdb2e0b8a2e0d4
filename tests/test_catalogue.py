"""The catalogue: its rows, names in text, canonical names."""

import csv
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from program import catalogue

HEADER = "name,family,version,aliases,wraps,modality,year,depth,kind,described_in,context"
ENTRIES = list(catalogue.entries().values())
SPELLINGS = [(entry.name, spelling) for entry in ENTRIES for spelling in (entry.name, *entry.aliases)]


def names(text: str) -> list[str]:
    return [mention.entry.name for mention in catalogue.find(text)]


# The rows.


def rows() -> list[dict[str, str]]:
    lines = files("program").joinpath("catalogue.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines))


def test_the_file_has_lf_line_ends_the_columns_and_no_row_too_wide() -> None:
    data = files("program").joinpath("catalogue.csv").read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert data.decode().splitlines()[0] == HEADER
    assert [row["name"] for row in rows() if None in row or None in row.values()] == []


def test_there_are_enough_rows_and_no_name_twice() -> None:
    assert len(ENTRIES) >= 450
    assert [name for name, times in Counter(row["name"] for row in rows()).items() if times > 1] == []


def test_every_field_is_plausible() -> None:
    depths = {"deep", "shallow"} | {f"deep since {year}" for year in range(2012, 2027)}
    wrong = [
        entry.name
        for entry in ENTRIES
        if entry.kind not in ("model", "architecture", "tool")
        or entry.depth not in depths
        or not 1975 <= entry.year <= 2026
        or not (entry.family and entry.modality and entry.described_in)
        or entry.name != entry.name.strip()
        or any(word != word.lower() for word in (*entry.context, *entry.unless))
    ]
    assert wrong == []


def test_a_tool_that_became_deep_did_so_after_it_appeared() -> None:
    since = [(e.name, e.year, int(e.depth.split()[-1])) for e in ENTRIES if "since" in e.depth]
    assert since
    assert [name for name, year, deep in since if deep <= year] == []


def test_wrapped_models_and_families_are_in_the_catalogue() -> None:
    known = {entry.name for entry in ENTRIES}
    assert [
        (e.name, wrapped) for e in ENTRIES for wrapped in e.wraps if wrapped not in known or wrapped == e.name
    ] == []
    assert [entry.name for entry in ENTRIES if entry.family not in known] == []


def test_versions_of_a_family_differ() -> None:
    members = Counter((entry.family, entry.version) for entry in ENTRIES)
    assert [member for member, times in members.items() if times > 1] == []


def test_every_name_and_every_alias_resolves_to_its_own_entry() -> None:
    resolved = [(name, spelling, catalogue.canonical(spelling)) for name, spelling in SPELLINGS]
    assert [row for row in resolved if row[0] != row[2].name or not row[2].in_catalogue] == []


def test_every_spelling_is_found_in_text_unless_it_is_also_a_word() -> None:
    free = [entry for entry in ENTRIES if not entry.context and not entry.unless]
    spellings = [(entry.name, spelling) for entry in free for spelling in (entry.name, *entry.aliases)]
    missed = [(name, spelling) for name, spelling in spellings if name not in names(f"Then {spelling} was run.")]
    assert missed == []


@pytest.mark.parametrize(
    ("name", "year", "deep"),
    [
        ("AlphaFold 2", 2021, True),
        ("ResNet-50", None, True),
        ("SignalP", 2015, False),
        ("SignalP", 2018, False),
        ("SignalP", 2019, True),
        ("SignalP", None, True),
        ("SignalP 4.1", 2024, False),
        ("SignalP 5.0", 2019, True),
        ("NetMHCpan 4.1", 2024, False),
        ("PSIPRED", 2024, False),
        ("TMHMM", 2024, False),
        ("word2vec", 2024, False),
        ("DeepLabCut", 2018, True),
    ],
)
def test_depth_by_year(name: str, year: int | None, deep: bool) -> None:
    assert catalogue.entries()[name].is_deep(year) is deep


# Canonical names.


@pytest.mark.parametrize(
    ("mention", "name"),
    [
        ("AlphaFold", "AlphaFold"),
        ("AlphaFold v2.1.1", "AlphaFold 2"),
        ("AlphaFold2", "AlphaFold 2"),
        ("Alphafold 2", "AlphaFold 2"),
        ("AlphaFold version 2.3", "AlphaFold 2"),
        ("AF2", "AlphaFold 2"),
        ("AlphaFold3", "AlphaFold 3"),
        ("AlphaFold-Multimer", "AlphaFold-Multimer"),
        ("SignalP", "SignalP"),
        ("SignalP v.5", "SignalP 5.0"),
        ("SIGNALP-5.0", "SignalP 5.0"),
        ("SignalP5", "SignalP 5.0"),
        ("SignalP 5.0 server", "SignalP 5.0"),
        ("SignalP 4.1", "SignalP 4.1"),
        ("SignalP v4.1", "SignalP 4.1"),
        ("SignalP 6.0", "SignalP 6.0"),
        ("VGG16", "VGG-16"),
        ("VGG-16", "VGG-16"),
        ("VGG 16", "VGG-16"),
        ("vgg16", "VGG-16"),
        ("ResNet50", "ResNet-50"),
        ("ResNet-50", "ResNet-50"),
        ("ResNet‑50", "ResNet-50"),
        ("resnet 50", "ResNet-50"),
        ("ResNet [50]", "ResNet"),
        ("ResNet (He et al., 2016)", "ResNet"),
        ("ResNet", "ResNet"),
        ("ESM-2 3B", "ESM-2"),
        ("ESM", "ESM"),
        ("U-Net", "U-Net"),
        ("UNet", "U-Net"),
        ("3D U-Net", "3D U-Net"),
        ("YOLOv5s", "YOLOv5"),
        ("YOLOv8", "YOLOv8"),
        ("Cellpose 2.0", "Cellpose 2.0"),
        ("Mask-RCNN", "Mask R-CNN"),
        ("“DeepLabCut”", "DeepLabCut"),
        ("GPT-4", "GPT-4"),
        ("GPT-4o", "GPT-4o"),
    ],
)
def test_canonical_name(mention: str, name: str) -> None:
    canonical = catalogue.canonical(mention)
    assert canonical == (name, catalogue.entries()[name].family, True)


@pytest.mark.parametrize(
    ("mention", "kept"),
    [
        ("FooBarNet", "FooBarNet"),
        ("  the  network of\nDoe ", "the network of Doe"),
        ("FooBarNet [12]", "FooBarNet"),
        ("FooBarNet (Doe et al., 2019)", "FooBarNet"),
        ("“FooBarNet”", "FooBarNet"),
        ("a network that was trained before by the same group", "a network that was trained before by the same group"),
        ("our own much longer name after ResNet", "our own much longer name after ResNet"),
        ("", ""),
        ("[12]", "[12]"),
    ],
)
def test_an_unknown_name_is_kept_and_marked(mention: str, kept: str) -> None:
    assert catalogue.canonical(mention) == (kept, kept, False)


MENTION = st.one_of(
    st.text(max_size=60),
    st.sampled_from([spelling for _, spelling in SPELLINGS]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "the ", "“", "pre-trained "]),
        st.sampled_from([spelling for _, spelling in SPELLINGS]),
        st.sampled_from(["", " v2", " 5.0", " [12]", " (Doe et al., 2019)", " network", "-large", "”", " et al."]),
    ),
)


@settings(deadline=None)
@given(MENTION)
def test_normalising_twice_changes_nothing(mention: str) -> None:
    once = catalogue.canonical(mention)
    assert catalogue.canonical(once.name) == once


@settings(deadline=None)
@given(st.lists(MENTION, max_size=6).map(" ".join), st.booleans())
def test_mentions_lie_in_the_text_and_do_not_overlap(text: str, in_context: bool) -> None:
    end = 0
    for mention in catalogue.find(text, in_context=in_context):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    catalogue.find(text)
    catalogue.canonical(text)
    assert all(word.isascii() and word.isalpha() and word in text.lower() for word in catalogue.words(text))


def test_a_long_text_takes_little_time() -> None:
    text = "AlphaFold2 and ESM and SAM, ResNet-50 (He et al., 2016), " * 2000
    assert len(catalogue.find(text)) >= 4000


# Names in text.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We used ResNet50 and VGG16.", ["ResNet-50", "VGG-16"]),
        ("A ResNet [50] was trained.", ["ResNet"]),
        ("A ResNet (50 layers).", ["ResNet"]),
        ("Mask R-CNN is not R-CNN.", ["Mask R-CNN", "R-CNN"]),
        ("with AlphaFold v2.1.1 and with AlphaFold", ["AlphaFold 2", "AlphaFold"]),
        ("SignalP v.5 [25] and SecretomeP (v.2.0)", ["SignalP 5.0", "SecretomeP"]),
        ("SignalP (version 4.1) was run", ["SignalP 4.1"]),
        ("Cellpose reached 95% and SignalP 98%", ["Cellpose", "SignalP"]),
        ("unlike AlphaFold 3 Å away, ResNet 50 % of the time", ["AlphaFold", "ResNet"]),
        ("The M175I mutant", []),
        ("XResNetwork and UnResNet50x", []),
        ("deep of the sea, hr net gain, f mask worn, cell pose seen, n hits, one former student", []),
        ("a deep forest canopy and the animal spot", []),
        ("Deep z-stacks were recorded by fluorescence microscopy.", []),
        ("The apple picker robot harvested an orchard.", []),
        ("An alpha link between the sugars, and energy flow networks of a lake.", []),
    ],
)
def test_names_in_text(text: str, found: list[str]) -> None:
    assert names(text) == found


# Names that are also words: (name, a sentence in which it is meant, sentences in which it is not).
WORDS: list[tuple[str, str, list[str]]] = [
    (
        "ESM",
        "Sequences were embedded with ESM, a protein language model.",
        [
            "Details are in the Electronic Supplementary Material (ESM), as is the transformer oil.",
            "Tissue was prepared by paraffin embedding as described in the ESM.",
            "An Earth system model (ESM) was emulated by a transformer.",
            "We used the experience sampling method (ESM) and a Facebook survey.",
            "See ESM Table 3 for the embedding medium.",
        ],
    ),
    (
        "ESM-2",
        "Embeddings were taken from ESM-2 (650M parameters).",
        [
            "The protein sequence of each clone is listed in ESM 2 (electronic supplementary material).",
            "The survey is given in ESM 2.",
        ],
    ),
    (
        "Inception",
        "Inception was pre-trained on ImageNet.",
        ["Inception of the study was in May 2010.", "Since its inception the convolutional coder has changed."],
    ),
    (
        "SAM",
        "Masks came from SAM (Segment Anything) without training.",
        [
            "S-adenosylmethionine (SAM) binds to the protein.",
            "Reads were stored as SAM files with samtools and copy-number segmentation was run.",
            "Cells of the shoot apical meristem (SAM) were segmented by hand.",
            "Differential expression by SAM, significance analysis of microarrays, after segmentation.",
            "Children with SAM (severe acute malnutrition) were enrolled.",
            "Sam segmented the images.",
        ],
    ),
    (
        "CARE",
        "Images were denoised with CARE.",
        ["CARE guidelines were followed.", "Health care and image restoration.", "The CARE trial enrolled patients."],
    ),
    (
        "BERT",
        "BERT was fine-tuned on clinical notes.",
        [
            "Bert wrote the corpus of letters.",
            "Tokens were counted as BERT et al. did for this language.",
            "BERT and colleagues studied attention in children.",
        ],
    ),
    (
        "Medaka",
        "The assembly was polished with Medaka after Flye.",
        [
            "The genome of Medaka (Oryzias latipes) was assembled from nanopore reads.",
            "Medaka embryos were kept at 26 degrees.",
            "Japanese medaka and zebrafish genomes were polished with Racon.",
        ],
    ),
    (
        "Topaz",
        "Particle picking was done with Topaz.",
        [
            "Topaz and beryl crystals were seen in the micrograph, with quartz particles.",
            "Topaz gemstones were heated.",
            "The topaz laser line.",
        ],
    ),
    (
        "Dig",
        "Dig was run on the somatic mutation calls to find driver genes.",
        ["Dig sites were mapped.", "They dig deep."],
    ),
    (
        "ComplEx",
        "ComplEx was trained on the knowledge graph.",
        ["Complex formation in a knowledge graph.", "The COMPLEX of link prediction."],
    ),
    (
        "Perch",
        "Embeddings of the soundscape came from Perch, as did those of BirdNET.",
        [
            "Perch (Perca fluviatilis) were caught with gillnets; maps are from Google Earth.",
            "Perch liver was fixed before paraffin embedding.",
            "A perch in the soundscape.",
        ],
    ),
    (
        "SSD",
        "SSD with a VGG backbone detected the leaves by bounding boxes.",
        [
            "YOLO ran on a machine with a 512 GB solid-state drive (SSD).",
            "Data were kept on an SSD.",
            "Computer with 32 GB memory and 1 TB SSD storage; Faster R-CNN took 3 h.",
        ],
    ),
    (
        "CLIP",
        "CLIP gave zero-shot labels from its image encoder.",
        ["CLIP (cross-linking and immunoprecipitation) was done.", "A CLIP-seq library.", "A paper clip."],
    ),
    (
        "Orca",
        "Orca predicts chromatin contacts from sequence.",
        ["Orca, the killer whale, has a genome assembled with Hi-C.", "An Orca was seen."],
    ),
    (
        "Merlin Sound ID",
        "Birds were named with the Merlin app.",
        ["A Merlin (Falco columbarius) was ringed.", "Merlin flew over the acoustic recorder."],
    ),
    (
        "AlphaFold 2",
        "The structure was predicted with AF2 and has a high pLDDT.",
        [
            "Coactivators bind to the AF2 surface of the estrogen receptor protein.",
            "Activation function 2 (AF-2) lies in the ligand-binding domain of the nuclear receptor protein.",
        ],
    ),
    (
        "AlphaFold 3",
        "AF3 predicted the protein complex.",
        ["EEG was taken at AF3, F7 and F3 and classified in 10-fold cross-validation."],
    ),
    (
        "FPN",
        "A feature pyramid network (FPN) on a ResNet backbone.",
        ["The frontoparietal network (FPN) was segmented on fMRI.", "Segments of the FPN were detected."],
    ),
    (
        "MAE",
        "A masked autoencoder (MAE) was pre-trained on masked images.",
        ["The mean absolute error (MAE) of the masked autoencoding was low.", "MAE and RMSE are given."],
    ),
    (
        "MoCo",
        "MoCo, a contrastive method, was pre-trained.",
        ["MoCo (motion correction) of the T1 contrast images.", "Contrast agent and MoCo series."],
    ),
    (
        "ImaGene",
        "ImaGene found selection with a convolutional network.",
        ["Microarray spots were read with ImaGene 9.", "BioDiscovery ImaGene was used."],
    ),
    (
        "MVP",
        "Pathogenicity by MVP and REVEL.",
        [
            "A missense variant in mitral valve prolapse (MVP) has pathogenicity.",
            "The Million Veteran Program (MVP) and CADD.",
        ],
    ),
    (
        "Wide ResNet",
        "WRN with ResNet blocks on CIFAR.",
        ["The WRN helicase (Werner) acts in a network with residual activity."],
    ),
    (
        "DAS",
        "Courtship song was annotated with DAS.",
        ["Distributed acoustic sensing (DAS) recorded the acoustic signal."],
    ),
    ("Darknet", "YOLO was trained in Darknet.", ["Darknet markets were detected by their neural signatures."]),
    ("CASCADE", "Spike inference by CASCADE.", ["Calcium imaging with a Cascade EMCCD camera (Photometrics)."]),
    ("CORnet", "CORnet models the ventral visual stream.", ["The CORNET registry enrolled visual impairment."]),
    (
        "Boltz",
        "Boltz and AlphaFold predicted it.",
        ["Boltz et al. crystallised the protein with its ligand."],
    ),
    (
        "Wide & Deep",
        "A Wide & Deep recommender was trained.",
        ["A wide and deep excision is recommended.", "The valley is wide and deep near the neural arch."],
    ),
    (
        "GPT",
        "We asked GPT, a language model of OpenAI.",
        ["Glutamic-pyruvic transaminase (GPT) was promptly measured; the language of the form was German."],
    ),
    (
        "BGE",
        "Text embeddings by BGE from BAAI.",
        ["The background electrolyte (BGE) was retrieved after capillary electrophoresis."],
    ),
    (
        "Aurora",
        "Aurora, a foundation model of Microsoft, forecasts weather.",
        ["Aurora kinase was inhibited; statistics in Microsoft Excel.", "The aurora borealis."],
    ),
    ("Phi", "Phi is a small language model.", ["The Phi coefficient was taken with Microsoft Excel."]),
    (
        "Pangolin",
        "Splicing was scored by Pangolin and SpliceAI.",
        ["Pangolin scales were seized.", "The Pangolin tool gave the pango lineage and splice sites."],
    ),
    (
        "Guppy",
        "Nanopore reads were basecalled with Guppy.",
        ["The guppy (Poecilia reticulata) genome was nanopore sequenced."],
    ),
    ("Akita", "Akita predicts chromatin folding from Hi-C.", ["Akita mice are diabetic; their chromatin was studied."]),
    ("GloVe", "GloVe word vectors were averaged.", ["A glove was worn.", "Glove box and vectors."]),
    ("Flair", "Flair embeddings tagged the named entities.", ["FLAIR images were acquired, with embedding."]),
    ("MACE", "MACE, an equivariant interatomic potential.", ["Major adverse cardiac events (MACE) were counted."]),
    (
        "Gemini",
        "Gemini, a language model of Google, was asked.",
        ["Gemini surfactants were mixed.", "The Gemini Observatory and GPT."],
    ),
    ("Falcon", "Falcon, a language model, was run.", ["A falcon was ringed.", "Falcon tubes were spun."]),
    ("TAPIR", "TAPIR does point tracking.", ["A tapir was tracked."]),
    (
        "Jasper",
        "Jasper, an acoustic model for speech recognition.",
        ["Jasper National Park.", "Jasper et al. studied speech recognition."],
    ),
    ("DeepSpeech", "DeepSpeech transcribed it.", ["Deep speech features of the larynx were studied."]),
    ("Imagen", "Imagen, a text-to-image model.", ["Imagen por resonancia: diffusion tensors (Google Scholar)."]),
    ("YOLO", "YOLO detected the fish.", ["Yolo County, California."]),
    ("Transformer-XL", "Transformer-XL was used.", ["A transformer XLS file."]),
]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text, _ in WORDS])
def test_a_name_that_is_also_a_word_is_found_where_it_is_meant(name: str, text: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, _, texts in WORDS for text in texts])
def test_a_word_that_is_also_a_name_is_not_found(name: str, text: str) -> None:
    assert name not in names(text)
