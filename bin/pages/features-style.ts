import { QUALITY_STYLE } from './quality-style.ts'

/** Style of the feature pages: that of the quality page, and what tables of features and grids of groups need. */
export const FEATURES_STYLE = `${QUALITY_STYLE}
body { max-width: 78rem; } header { --verdict: var(--bar); } header h1 + p { max-width: 46rem; } [hidden] { display: none !important; }
a { color: inherit; text-decoration: none; } a:hover { text-decoration: underline; } :target > * { background: var(--good-soft); }
:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; border-radius: 4px; }
th code { font-size: 13px; font-weight: 600; } th small, td small { display: block; line-height: 1.4; margin-top: .15rem; }
h2 > span { margin-left: .6rem; color: var(--dim); font-size: .85rem; font-weight: 400; }
.bar { position: sticky; top: 0; z-index: 3; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; align-items: center; margin: 1rem 0 0; padding: .6rem 0; background: var(--paper); border-bottom: 1px solid var(--line); font-size: .88rem; }
.bar nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; color: var(--dim); }
.search { display: flex; gap: .7rem; align-items: center; flex: 1 1 18rem; }
.search input { flex: 1; min-width: 8rem; padding: .45rem .8rem; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 99px; font: inherit; }
.search output { color: var(--dim); font-variant-numeric: tabular-nums; white-space: nowrap; }
section, tr[id] { scroll-margin-top: 6.5rem; }
.legend { columns: 3 17rem; column-gap: 2.8rem; margin-top: 1.2rem; } .legend > div { break-inside: avoid; padding-bottom: 1.3rem; }
.legend h3 { margin: 0 0 .3rem; } .legend dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem .8rem; margin: 0; font-size: .88rem; } .legend dt { font-weight: 600; } .legend dd { margin: 0; color: var(--dim); }
.formula { font: 12.5px/1.5 ui-monospace, monospace; color: var(--dim); }
.kind + small { white-space: nowrap; } .kind { display: inline-block; padding: 0 .5rem; border: 1px solid var(--tone); border-radius: 99px; color: var(--tone); font-size: .76rem; font-weight: 600; white-space: nowrap; }
.batch { --tone: var(--bar); } .hybrid { --tone: var(--medium); } .streaming { --tone: var(--good); }
.register { table-layout: fixed; font-size: .9rem; } .register td { overflow-wrap: anywhere; }
.register col.name { width: 24%; } .register col.from { width: 15%; } .register col.unit { width: 9%; } .register col.how { width: 10.5%; } .register col.short { width: 6.5%; } .register td:nth-child(5) { overflow-wrap: normal; }
.register tbody + tbody::before, .values tbody + tbody::before { content: ''; display: block; height: 1.2rem; }
.group th { padding: .7rem .6rem; background: var(--soft); border-radius: 8px; border-top: 0; } .group b { font: 600 14px ui-monospace, monospace; } .group span { margin-left: .8rem; color: var(--dim); font-size: .85rem; }
.statistics { font-size: .9rem; } .statistics th code { white-space: nowrap; } .statistics td, .statistics th { vertical-align: baseline; } .grid { table-layout: fixed; margin-top: 1.6rem; border-collapse: separate; border-spacing: 0; } .grid th:first-child { width: 21%; } .grid th, .grid td { padding: .45rem .6rem; } .grid thead th { vertical-align: bottom; } .grid thead code { font-size: 12px; }
.grid td { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .grid thead th + th { text-align: right; } .grid tbody th { white-space: nowrap; } .grid small { font-size: .74rem; white-space: normal; overflow-wrap: anywhere; }
.grid td i { display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; background: var(--tone); } .grid td code { font-size: 11px; }
.grid .up b { color: var(--good); } .grid .down b { color: var(--bad); } .grid .none { background: repeating-linear-gradient(135deg, transparent 0 6px, var(--soft) 6px 12px); } .grid .none b, .none .value { color: var(--dim); font-weight: 400; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: .7rem; margin: .8rem 0 0; } .tiles > div { padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 12px; }
.tiles dt code { color: var(--dim); } .tiles dd { margin: 0; overflow-wrap: anywhere; } .tiles dd b { font-size: 1.2rem; font-variant-numeric: tabular-nums; } .tiles small { display: block; }
.new { display: inline-block; margin: .6rem 0 0; padding: .2rem .8rem; border-radius: 99px; background: var(--bad-soft); font-size: .88rem; }
.values { font-size: .9rem; } .values td.n { width: 7rem; } .values .value { font-weight: 600; } .values td:last-child { width: 24%; color: var(--dim); font-size: .85rem; }
@media (max-width: 46rem) {
  .bar { position: static; } .bar nav { gap: .3rem .9rem; } section, tr[id] { scroll-margin-top: 1rem; } 
  .register td[data-label] small { display: inline; margin-left: .3rem; } .grid { table-layout: auto; } .grid td, .grid th { min-width: 6rem; } .statistics { min-width: 44rem; }
  .grid th:first-child { position: sticky; left: 0; background: var(--paper); z-index: 1; white-space: normal; min-width: 7.5rem; }
  .register, .values { display: block; } .register colgroup, .register thead, .values thead { display: none; }
  .register tbody, .values tbody { display: block; } .register tr, .values tr { display: grid; grid-template-columns: repeat(2, 1fr); gap: .2rem 1rem; padding: .8rem 0; border-top: 1px solid var(--line); }
  .register th, .register td, .values th, .values td, .values td.n, .values td:last-child { width: auto; padding: 0; border: 0; text-align: left; } .register .whole, .values .whole { grid-column: 1 / -1; }
  .register td[data-label]::before, .values td[data-label]::before { content: attr(data-label) ' '; color: var(--dim); font-size: .8rem; } .register .group, .values .group { display: block; padding: 0; border: 0; } .group th { display: block; padding: .6rem .8rem !important; } .group span { display: block; margin: 0; }
  .tiles { grid-template-columns: repeat(2, 1fr); } .search { flex-basis: 100%; }
}
@media print { :root { font-size: 11px; } .bar { display: none; } code, th code, .grid thead code, .formula { font-size: 9px; } .register th, .register td, .grid th, .grid td { padding: .3rem .4rem; } .register td:nth-child(n + 5) { overflow-wrap: normal; } .wide { overflow: visible; } tbody { break-inside: auto; } .group { break-after: avoid; } .tiles > div { break-inside: avoid; } }
`
