/** deploy/grafana and deploy/prometheus: they ask for metrics that exist, by labels that they have, and nothing that is missing looks well. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../src/lib/app/metrics/names.ts';
import { HALT_CLEARS } from '../src/lib/core/risk/halts.ts';
import type { Json } from './support/sim-client.ts';
import { parseYaml } from './support/yaml.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(ROOT + file, 'utf8');

/** Of prom-client, as far as the dashboard asks for them. */
const OF_THE_PROCESS = ['process_resident_memory_bytes', 'process_cpu_seconds_total'];
const FUNCTIONS = new Set(
  `absent abs changes histogram_quantile increase max rate sum time by on and or unless offset ignoring le
  group_left group_right min avg count`.split(/\s+/),
);

/** What an expression asks for that there is not. */
function strangersIn(expr: string): string[] {
  const found: string[] = [];
  const labels = new Set<string>();
  const bare = expr
    .replace(/(\w+)\{([^}]*)\}/g, (_, name: string, inside: string) => {
      const own = metricOf(name)?.labels ?? [];
      for (const [, label = ''] of inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)) {
        if (!own.includes(label)) found.push(`${name}{${label}}`);
      }
      return name;
    })
    .replace(/\b(?:by|on)\s*\(([^)]*)\)/g, (_, inside: string) => {
      for (const label of inside.split(',')) labels.add(label.trim());
      return '';
    })
    .replace(/\[\w+\]|\boffset \w+|"[^"]*"|\b\d[\w.]*/g, '');
  const known = new Set<string>(['le', '']);
  for (const [name] of bare.matchAll(/[a-zA-Z_]\w*/g)) {
    if (FUNCTIONS.has(name) || OF_THE_PROCESS.includes(name)) continue;
    const metric = metricOf(name);
    if (metric === undefined) found.push(name);
    for (const label of metric?.labels ?? []) known.add(label);
  }
  return [...found, ...[...labels].filter((label) => !known.has(label)).map((label) => `by ${label}`)];
}

/** A histogram is asked for by its parts, and by nothing else. */
function metricOf(name: string) {
  const base = name.replace(/_(bucket|sum|count)$/, '');
  const metric = METRICS[base as keyof typeof METRICS];
  return metric !== undefined && (metric.kind === 'histogram') === (base !== name) ? metric : undefined;
}

describe('the check itself', () => {
  it.each([
    ['sum(kmm_upp)', ['kmm_upp']],
    ['kmm_halt{nane="FEES"} == 1', ['kmm_halt{nane}']],
    ['sum by (tickr) (kmm_spread_cents)', ['by tickr']],
    ['rate(kmm_turn_duration_seconds[5m])', ['kmm_turn_duration_seconds']],
    ['rate(kmm_fills_total_count[5m])', ['kmm_fills_total_count']],
    ['up == 0', ['up']],
    ['histogram_quantile(0.99, sum by (le) (rate(kmm_turn_duration_seconds_bucket[5m])))', []],
  ])('finds in %s: %j', (expr, found) => expect(strangersIn(expr)).toEqual(found));
});

describe('deploy/grafana/kmm.json', () => {
  const dashboard: Json = JSON.parse(read('deploy/grafana/kmm.json'));
  const panels: Json[] = dashboard.panels.filter(({ type }: Json) => type !== 'row');
  const exprs: string[] = [
    ...panels.flatMap(({ targets }) => targets.map(({ expr }: Json) => expr)),
    ...dashboard.annotations.list.map(({ expr }: Json) => expr),
  ];

  it('has the rows of operator.md, and halts and deployments as annotations', () => {
    const rows = dashboard.panels.filter(({ type }: Json) => type === 'row').map(({ title }: Json) => title);
    expect(rows).toEqual(['Safety', 'Money', 'Quotes', 'Feed', 'API and host']);
    expect(dashboard.annotations.list.map(({ name }: Json) => name)).toEqual(['halts', 'deployments', 'starts again']);
  });

  it('asks for what there is', () => expect(exprs.flatMap(strangersIn)).toEqual([]));

  it('shows every metric', () => {
    const shown = new Set(
      exprs.flatMap((expr) => expr.match(/kmm_\w+/g) ?? []).map((name) => name.replace(/_(bucket|sum|count)$/, '')),
    );
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([]);
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    'has no panel that is green when nobody knows: %s',
    (_, panel) => {
      const { thresholds, noValue, color } = panel.fieldConfig.defaults;
      expect(noValue).toBe('nobody knows');
      if (panel.type === 'timeseries') {
        // A line that is missing is a gap.
        expect([color.mode, panel.fieldConfig.defaults.custom.spanNulls]).toEqual(['palette-classic', false]);
        return;
      }
      expect(panel.type).toBe('stat');
      const [base, ...steps] = thresholds.steps;
      expect(base).toEqual({ color: expect.stringMatching(/^(red|text)$/), value: null });
      for (const step of steps) expect(step.value).toBeGreaterThanOrEqual(0);
      // A number is never made of nothing.
      for (const { expr } of panel.targets) expect(expr).not.toMatch(/or\s+(on\s*\(\)\s*)?vector\(/);
    },
  );

  it('overlaps no panel with another', () => {
    const cells = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect([gridPos, cells.has(`${x} ${y}`), x < 24]).toEqual([gridPos, false, true]);
          cells.add(`${x} ${y}`);
        }
      }
    }
    expect(new Set(dashboard.panels.map(({ id }: Json) => id)).size).toBe(dashboard.panels.length);
  });
});

describe('deploy/prometheus/rules.yml', () => {
  const file = parseYaml(read('deploy/prometheus/rules.yml')) as Json;
  const rules: Json[] = file.groups.flatMap(({ rules: own }: Json) => own);
  const { commands } = JSON.parse(read('oclif.manifest.json')) as { commands: Json };

  it('asks for what there is', () => {
    expect(rules.length).toBeGreaterThan(9);
    expect(rules.flatMap(({ expr }) => strangersIn(expr))).toEqual([]);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('says of %s how grave it is, and what to do', (_, rule) => {
    expect(['critical', 'high', 'medium']).toContain(rule.labels.severity);
    expect(rule.annotations.summary).toEqual(expect.any(String));
    expect(existsSync(ROOT + rule.annotations.runbook)).toBe(true);
    const words = String(rule.annotations.command).replace(/^kmm /, '').split(' ');
    expect(commands[words[0] ?? ''] ?? commands[words.slice(0, 2).join(':')]).toBeDefined();
  });

  it('tells of every halt that only an operator clears, and of no pause', () => {
    const halted: Json = rules.find(({ alert }) => alert === 'KmmHalted');
    const named = /name=~"([^"]+)"/.exec(halted.expr)?.[1]?.split('|').sort();
    const wanted = Object.entries(HALT_CLEARS).flatMap(([name, clears]) => (clears === 'operator' ? [name] : []));
    expect(named).toEqual(wanted.filter((name) => name !== 'PAUSED').sort());
  });

  it('speaks when nothing answers, and when no trader lives', () => {
    const exprs = rules.map(({ expr }) => expr);
    expect(exprs).toEqual(expect.arrayContaining(['absent(kmm_up)', 'kmm_up == 0']));
  });

  it('is what prometheus.yml loads, beside the port that kmm serves by default', async () => {
    const { SIM_PRESET } = await import('../src/lib/app/config/config-schema.ts');
    const config = parseYaml(read('deploy/prometheus/prometheus.yml')) as Json;
    expect(config.rule_files).toEqual(['rules.yml']);
    expect(config.scrape_configs[0].static_configs[0].targets).toEqual([`127.0.0.1:${SIM_PRESET.metrics.port}`]);
  });
});
