/** How a report looks. The colours that charts are drawn with are named here (svg-chart.ts), for light and for dark. */
export const REPORT_STYLE = `:root {
  --paper: #ffffff; --panel: #f5f6f8; --rule: #dcdfe5; --text: #1b1f27; --soft: #5c6472; --loss: #b3261e; --warn: #fff1ce; --warn-ink: #6b4700;
  --c01: #5c6472; --c02: #e3e6eb;
  --c11: #2457c5; --c12: #b4540a; --c13: #1f7a4d; --c14: #8a3fb0; --c15: #a3293d; --c16: #4c6472;
  --c21: #1f7a4d; --c22: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --panel: #1d2128; --rule: #333944; --text: #e6e9ee; --soft: #a0a8b6; --loss: #ff8f87; --warn: #3d2f0c; --warn-ink: #ffd98a;
    --c01: #a0a8b6; --c02: #2c323c;
    --c11: #7aa7ff; --c12: #f0a35e; --c13: #63c995; --c14: #cf95ee; --c15: #f08aa0; --c16: #9fb8c6;
    --c21: #63c995; --c22: #ff8f87;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0; line-height: 1.25; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 0.5rem; padding-top: 0.75rem; border-top: 1px solid var(--rule); }
p { margin: 0.4rem 0; max-width: 46rem; }
.sub, .nothing, .note, figcaption { color: var(--soft); }
.note { font-size: 0.85rem; }
.warning { background: var(--warn); color: var(--warn-ink); border-left: 4px solid currentColor; padding: 0.6rem 0.8rem; font-weight: 600; max-width: none; overflow-wrap: anywhere; }
.lead { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.6rem; margin: 1rem 0; }
.card { background: var(--panel); border-radius: 6px; padding: 0.6rem 0.8rem; display: flex; flex-direction: column; }
.card .name { color: var(--soft); font-size: 0.85rem; }
.card .value { font-size: 1.3rem; font-variant-numeric: tabular-nums; }
dl { margin: 0.5rem 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 0 2rem; }
dl > div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.25rem 0; border-bottom: 1px solid var(--rule); }
dd { margin: 0; white-space: nowrap; }
.num { text-align: right; font-variant-numeric: tabular-nums; }
.loss { color: var(--loss); }
figure { margin: 1rem 0; }
figcaption { font-size: 0.9rem; margin-bottom: 0.25rem; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; }
.keys { display: flex; flex-wrap: wrap; gap: 0 1rem; font-size: 0.85rem; }
ol { margin: 0.4rem 0; padding-left: 1.4rem; }
figcaption b { font-weight: 700; }
svg { display: block; height: auto; max-width: 100%; }
.scroll { overflow-x: auto; margin: 0.75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; }
th.num, td.num { text-align: right; }
td.long { white-space: normal; min-width: 18rem; }
@media (max-width: 34rem) { main { padding: 1rem 0.75rem 3rem; } dl { grid-template-columns: 1fr; } figure { overflow-x: auto; } figure svg { min-width: 34rem; } }
@media print { main { max-width: none; } section { break-inside: avoid; } }
`;
