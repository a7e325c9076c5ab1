"""How the report looks: one accent, two inks; light, dark and on paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ground: #f6f6f3; --card: #fff; --ink: #1b232d; --soft: #5b6673;
  --line: #e1e3de; --accent: #0c6658; --tint: #e3f1ec; --other: #8b95a1; --best: #b06a00;
  --bad: #9b2c1f; --bad-tint: #fbe6e2; }
@media (prefers-color-scheme: dark) { :root { --ground: #13181d; --card: #1b2229; --ink: #e8ecef;
  --soft: #a0abb6; --line: #2c353e; --accent: #66cdb6; --tint: #17352f; --other: #7c8894;
  --best: #f0b45c; --bad: #ff9d8d; --bad-tint: #3d1f1a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }
main { max-width: 860px; margin-inline: auto; padding: 28px 20px 48px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .2em; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 0 0 .3em; }
h3 { font-size: 1rem; margin: 1.2em 0 .3em; }
p { margin: 0 0 .7em; }
.soft { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 20px 22px; margin-top: 18px; }
.verdict { background: var(--tint); border-color: transparent; }
.verdict.bad { background: var(--bad-tint); }
.verdict p:first-of-type { font-size: 1.18rem; font-weight: 600; line-height: 1.4; }
.verdict p:last-child { margin: 0; }
.refusal { color: var(--bad); font-weight: 600; }
.plot { overflow-x: auto; margin-block: 10px; }
svg { display: block; width: 100%; min-width: 620px; height: auto; font-size: 13px; }
svg text { fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .tick, svg .axis { fill: var(--soft); font-size: 12px; }
svg .figure { font-size: 12px; fill: var(--soft); white-space: pre; }
svg .strong, svg .ours-figure { font-weight: 650; fill: var(--ink); }
svg .grid { stroke: var(--line); }
svg .diagonal { stroke: var(--soft); stroke-dasharray: 5 5; }
svg .whisker { stroke-width: 2; stroke: var(--other); }
svg .whisker.ours { stroke: var(--accent); stroke-width: 3; }
svg .whisker.best { stroke: var(--best); }
svg circle.ours { fill: var(--accent); }
svg circle.best { fill: var(--card); stroke: var(--best); stroke-width: 2.5; }
svg circle.other { fill: var(--other); }
svg .bar { fill: var(--accent); }
details { margin-top: 8px; }
summary { cursor: pointer; color: var(--accent); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin-top: 8px;
  font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { text-align: right; padding: 5px 8px; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th:first-child, td:first-child { text-align: left; }
th:first-child, td:first-child { min-width: 9em; }
th { font-weight: 600; color: var(--soft); }
tr.ours td { font-weight: 650; }
table.words td { text-align: left; }
.range { display: block; color: var(--soft); font-weight: 400; white-space: nowrap; }
@media print { body { background: #fff; } main { max-width: none; padding: 0; }
  section { break-inside: avoid; padding: 12px 14px; } svg { min-width: 0; } }
"""
