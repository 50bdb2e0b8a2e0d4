"""Small operations on a parsed tree: the place of an element, emptying one, spelling names without namespace."""

from lxml import etree


def place_of(element: etree._Element) -> str:
    """The XPath of an element by positions, "/*[1]/*[2]/*[3]"."""
    steps: list[int] = []
    parent = element.getparent()
    while parent is not None:
        steps.append(parent.index(element) + 1)
        element, parent = parent, parent.getparent()
    return "".join(f"/*[{number}]" for number in (1, *reversed(steps)))


def empty(element: etree._Element) -> None:
    """Take out the text and the children of an element; it keeps its position and what follows it."""
    element.text = None
    for child in list(element):
        element.remove(child)


def put_instead(node: etree._Element, text: str) -> None:
    """Put text in the place of a node and its tail."""
    parent, previous = node.getparent(), node.getprevious()
    if parent is None:
        return
    if previous is None:
        parent.text = (parent.text or "") + text
    else:
        previous.tail = (previous.tail or "") + text
    parent.remove(node)


def drop_namespace(root: etree._Element) -> None:
    """Rename the elements that share the root's namespace to their local names; others, such as MathML, stay."""
    namespace = etree.QName(root).namespace
    if namespace:
        for element in root.iter(f"{{{namespace}}}*"):
            element.tag = etree.QName(element).localname
