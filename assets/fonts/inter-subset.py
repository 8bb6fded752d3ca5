"""Cuts the interface fonts: Inter's Latin, Greek and mathematical signs, its figures made tabular for good.

Usage: python3 subset.py FOLDER_WITH_INTER_OTF (Debian: fonts-inter; needs fontTools).
"""
import sys
from fontTools import subset
from fontTools.ttLib import TTFont

SIGNS = "ϑϕ‖∂∆−±×÷·≤≥≠≈∞√∑∏∫→←↑↓↔‘’“”…–—•°′″₀₁₂₃₄₅₆₇₈₉₊₋ₖₙₘₜᵢⱼₓ⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ½¼○●◆▲△■□✓✗⌘⇧‐‑ℓ"
KEEP = [*range(0x20, 0x7F), *range(0xA0, 0x17F), *range(0x391, 0x3CA), *map(ord, SIGNS)]

for weight in ("Regular", "SemiBold"):
    font = TTFont(f"{sys.argv[1]}/Inter-{weight}.otf")
    layout = font["GSUB"].table
    lookups = {i for r in layout.FeatureList.FeatureRecord if r.FeatureTag == "tnum" for i in r.Feature.LookupListIndex}
    tabular = {}
    for index in lookups:
        for table in layout.LookupList.Lookup[index].SubTable:
            tabular.update(getattr(getattr(table, "ExtSubTable", table), "mapping", {}))
    for table in font["cmap"].tables:
        for code in range(0x30, 0x3A):
            if code in table.cmap:
                table.cmap[code] = tabular.get(table.cmap[code], table.cmap[code])
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=KEEP)
    cutter.subset(font)
    font.save(f"Inter-{weight}-subset.otf")
