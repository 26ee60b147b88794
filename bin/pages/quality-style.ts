/** Style of the quality page: system fonts, both colour schemes, nothing fetched; prints on white. */
export const QUALITY_STYLE = `
:root { color-scheme: light dark; --ink: #17202b; --dim: #5a6575; --line: #dde2e9; --paper: #fff; --soft: #f3f5f8; --track: #e6eaf0;
  --good: #0b7a57; --good-soft: #cdeadf; --bad: #c2361c; --bad-soft: #fbe3dd; --bar: #5b7fa6;
  --low: #7a8797; --medium: #b7791f; --high: #d2551a; --critical: #b3123b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #98a4b4; --line: #2a333f; --paper: #11161c; --soft: #181f28; --track: #242d38;
  --good: #4cc79a; --good-soft: #17382e; --bad: #ff8266; --bad-soft: #3a1d17; --bar: #7ea6d2;
  --low: #98a4b4; --medium: #e0a84a; --high: #ff8f52; --critical: #ff6b8d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2.2rem 1.5rem 5rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 2.8rem 0 .2rem; font-size: 1.15rem; } h3 { margin: 1.4rem 0 .2rem; font-size: .95rem; }
p { margin: .25rem 0; } .dim, small { color: var(--dim); font-size: .85rem; }
code { font: 12.5px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } code.name { white-space: nowrap; }
header { padding: 1.3rem 1.5rem; border-radius: 14px; background: var(--soft); border-left: 8px solid var(--verdict); }
header.passed { --verdict: var(--good); } header.failed { --verdict: var(--bad); }
header h1 b { color: var(--verdict); }
.facts { display: flex; flex-wrap: wrap; gap: .4rem 2.2rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.facts b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; line-height: 1.25; }
table { width: 100%; border-collapse: collapse; margin-top: .6rem; }
th, td { padding: .5rem .6rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
thead th { border-top: 0; color: var(--dim); font-size: .8rem; vertical-align: bottom; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.checks th b { display: block; } .checks td { vertical-align: middle; } .checks small { white-space: nowrap; } .checks td.n { font-size: 1.05rem; font-weight: 600; }
.checks tr.failed td { background: var(--bad-soft); } .checks tr.failed th { background: var(--bad-soft); } .checks tr.failed td.n { color: var(--bad); } .checks tr.failed th { border-left: 4px solid var(--bad); } .checks tr.passed th { border-left: 4px solid var(--good); }
.mark { font-weight: 700; white-space: nowrap; } .passed .mark { color: var(--good); } .failed .mark { color: var(--bad); }
svg { display: block; max-width: 100%; } svg text { font: 11px system-ui, sans-serif; fill: var(--dim); }
.track { fill: var(--track); } .zone { fill: var(--good-soft); } .good { fill: var(--good); } .bad { fill: var(--bad); } .limit { stroke: var(--ink); stroke-width: 2; }
.months .plot { fill: var(--soft); } .months .bar { fill: var(--bar); } .months .over { fill: var(--bad); } .months .limit { stroke: var(--dim); stroke-width: 1; stroke-dasharray: 4 3; }
.months figure { margin: 1rem 0 0; } .months svg { width: 100%; height: auto; } .months figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-weight: 600; } .months figcaption span { font-weight: 400; }
.books td { min-width: 8rem; } .cell { position: relative; display: block; text-align: right; padding-right: .4rem; font-variant-numeric: tabular-nums; }
.cell i { position: absolute; inset: 2px auto 2px 0; border-radius: 3px; background: var(--bar); opacity: .35; }
.matrix td { text-align: right; font-variant-numeric: tabular-nums; width: 7rem; } .matrix td[data-heat] { background: color-mix(in srgb, var(--tone) calc(var(--heat) * 1%), transparent); font-weight: 600; }
.low { --tone: var(--low); } .medium { --tone: var(--medium); } .high { --tone: var(--high); } .critical { --tone: var(--critical); }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 99px; border: 1px solid var(--tone); color: var(--tone); font-size: .78rem; font-weight: 600; }
.where { border: 1px solid var(--line); border-radius: 12px; padding: .9rem 1.1rem; margin: .8rem 0 0; break-inside: avoid; }
.where h3 { margin: 0 0 .4rem; } .where dl { display: grid; grid-template-columns: 5.5rem 1fr; gap: .3rem .8rem; margin: 0; } .where dt { color: var(--dim); } .where dd { margin: 0; overflow-wrap: anywhere; }
.where dd span { display: inline-block; margin-right: .9rem; } .where dd small { font-variant-numeric: tabular-nums; }
.findings td { overflow-wrap: anywhere; min-width: 6rem; } .findings td:first-child { min-width: 0; } .findings td:last-child { min-width: 17rem; } .findings td.n { overflow-wrap: normal; min-width: 0; }
@media (max-width: 46rem) { body { padding: 1rem .8rem 3rem; } .wide { overflow-x: auto; } header { padding: 1rem; } .where dl { grid-template-columns: 1fr; } .where dt { margin-top: .3rem; } }
@media print { :root { color-scheme: light; --ink: #000; --dim: #444; --line: #bbb; --paper: #fff; --soft: #f3f5f8; --track: #e6eaf0; --good: #0b7a57; --good-soft: #cdeadf; --bad: #c2361c; --bar: #5b7fa6;
    --low: #555; --medium: #8a5a12; --high: #b3470f; --critical: #b3123b; }
  body { max-width: none; padding: 0; font-size: 11px; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } h2, h3 { break-after: avoid; } tr, figure { break-inside: avoid; } }
`
