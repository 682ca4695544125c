"""Opens a BPMN file as XML: hostile or broken files become findings, never exceptions."""

from __future__ import annotations

from engine.hostile_xml import Opened, XmlNode, open_hostile_xml, refuse

__all__ = ["BPMN", "CAMUNDA", "XSI", "Opened", "XmlNode", "open_xml"]

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def open_xml(source: bytes) -> Opened:
    """Parse the file with everything switched off that reaches beyond it."""
    opened = open_hostile_xml(source)
    if opened.root is not None and opened.root.tag != f"{BPMN}definitions":
        return refuse(
            "not-bpmn",
            "Berkas ini bukan diagram BPMN 2.0. Simpan diagram sebagai BPMN 2.0 XML.",
            "The file is not a BPMN 2.0 diagram. Save the diagram as BPMN 2.0 XML.",
        )
    return opened
