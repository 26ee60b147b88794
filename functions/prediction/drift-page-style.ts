/** Style of the drift page: system fonts, both colour schemes, nothing fetched; prints on white. */
export const DRIFT_PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #17202b; --dim: #5a6575; --line: #dde2e9; --paper: #fff; --soft: #f3f5f8; --track: #e6eaf0;
  --good: #0b7a57; --bad: #c2361c; --bar: #5b7fa6; --now: #d2551a; --none: #9aa5b3; --low: #b7971f; --moderate: #d2761a; --high: #b3123b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #98a4b4; --line: #2a333f; --paper: #11161c; --soft: #181f28; --track: #242d38;
  --good: #4cc79a; --bad: #ff8266; --bar: #7ea6d2; --now: #ff9d5c; --none: #5d6a7a; --low: #e0c04a; --moderate: #ff9d5c; --high: #ff6b8d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2.2rem 1.5rem 5rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.8rem; line-height: 1.2; letter-spacing: -.01em; } h2 { margin: 2.6rem 0 .2rem; font-size: 1.15rem; }
p { margin: .25rem 0; max-width: 56rem; } .dim, small { color: var(--dim); font-size: .85rem; } code { font: 12.5px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
header { padding: 1.3rem 1.5rem; border-radius: 14px; background: var(--soft); border-left: 8px solid var(--verdict); }
header.stable { --verdict: var(--good); } header.drifted { --verdict: var(--moderate); } header.retrain { --verdict: var(--high); } header.unknown { --verdict: var(--none); }
header b.verdict { color: var(--verdict); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .9rem; margin: 1.2rem 0 0; padding: 0; list-style: none; }
.cards li { padding: .9rem 1.1rem; border: 1px solid var(--line); border-radius: 12px; border-top: 4px solid var(--tone, var(--bar)); }
.cards b { display: block; font-size: 1.5rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.none { --tone: var(--none); } .low { --tone: var(--low); } .moderate { --tone: var(--moderate); } .high { --tone: var(--high); } .ok { --tone: var(--good); }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 99px; border: 1px solid var(--tone); color: var(--tone); font-size: .78rem; font-weight: 600; white-space: nowrap; } figcaption .badge { flex: none; align-self: flex-start; }
svg { display: block; width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--dim); } svg text.name { fill: var(--ink); }
.track { fill: var(--track); } .fill { fill: var(--tone); } .floor { stroke: var(--dim); stroke-dasharray: 3 3; } .axis { stroke: var(--line); }
.before { fill: var(--bar); } .now { fill: var(--now); } .dot { fill: var(--tone); stroke: var(--paper); stroke-width: 1.5; } .line { fill: none; stroke: var(--bar); stroke-width: 1.6; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .5rem 0 0; padding: 0; list-style: none; color: var(--dim); font-size: .85rem; } .legend li { display: flex; gap: .4rem; align-items: center; } .legend svg { width: 12px; height: 12px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; margin-top: .8rem; }
figure { margin: 0; padding: .8rem .9rem; border: 1px solid var(--line); border-radius: 12px; break-inside: avoid; } figcaption { display: flex; justify-content: space-between; gap: .6rem; font-weight: 600; overflow-wrap: anywhere; } figure p { margin: .1rem 0 .4rem; }
table { width: 100%; border-collapse: collapse; margin-top: .6rem; } th, td { padding: .4rem .55rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
thead th { border-top: 0; color: var(--dim); font-size: .8rem; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .wide { overflow-x: auto; }
@media (max-width: 46rem) { body { padding: 1rem .8rem 3rem; } header { padding: 1rem; } }
@media print { :root { color-scheme: light; --ink: #000; --dim: #444; --line: #bbb; --paper: #fff; --soft: #f3f5f8; --track: #e6eaf0; --bar: #5b7fa6; --now: #d2551a; --none: #888; --low: #8a6f12; --moderate: #b3600f; --high: #b3123b; --good: #0b7a57; }
  body { max-width: none; padding: 0; font-size: 11px; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`
