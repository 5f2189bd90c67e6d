namespace Chat4All.LoadTests.Reporting;

/// <summary>Looks of <see cref="HtmlReport"/>.</summary>
internal static class HtmlReportStyle
{
    public const string Css = """
        :root {
          color-scheme: light dark;
          --paper: light-dark(#fbfbfa, #17181a); --ink: light-dark(#1d1f22, #e6e6e3); --soft: light-dark(#63676d, #9da1a8);
          --line: light-dark(#dcdcd8, #33363a); --bar: light-dark(#2f6f8f, #6fb3d2); --mark: light-dark(#b4501e, #f0a070);
          --pass: light-dark(#1f7a45, #6fcf97); --miss: light-dark(#b3261e, #f28b82);
          --p50: light-dark(#8fb9cc, #3f6f85); --p95: light-dark(#5a97b3, #5a97b3); --p99: light-dark(#2f6f8f, #86c5e0);
          --p999: light-dark(#184a63, #b9e1f2); --max: light-dark(#0b2533, #eef9ff);
        }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 1280px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
        h1 { font-size: 1.7rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
        .lead, small, .legend { color: var(--soft); } small { display: block; font-size: .75rem; overflow-wrap: anywhere; }
        .legend span { margin-right: 1.25rem; white-space: nowrap; } .legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px; }
        i.bar { background: var(--bar); } i.mark { background: var(--mark); } i.p50 { background: var(--p50); } i.p95 { background: var(--p95); }
        i.p99 { background: var(--p99); } i.p999 { background: var(--p999); } i.max { background: var(--max); }
        svg { width: 100%; max-width: 1060px; height: auto; display: block; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg text.soft { fill: var(--soft); }
        svg .grid { stroke: var(--line); } svg .bar { fill: var(--bar); } svg .mark { stroke: var(--mark); stroke-width: 2.5; } svg .range { stroke: var(--line); stroke-width: 4; }
        svg .p50 { fill: var(--p50); } svg .p95 { fill: var(--p95); } svg .p99 { fill: var(--p99); } svg .p999 { fill: var(--p999); } svg .max { fill: var(--max); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; min-width: 900px; font-size: .86rem; }
        th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid var(--line); } th { color: var(--soft); font-weight: 600; }
        td:first-child { min-width: 17rem; } td:nth-child(2) { min-width: 8rem; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        td.pass { color: var(--pass); font-weight: 600; } td.miss { color: var(--miss); font-weight: 600; }
        """;
}
