import { readFileSync, readdirSync } from 'node:fs';
import { naming, review } from './simulated-person';
const steps = [10, 20, 40, 60];
const rows = readdirSync('/tmp/vec').filter((f) => f.startsWith(process.argv[2]!)).map((f) => ({ f, d: JSON.parse(readFileSync('/tmp/vec/' + f, 'utf8')) }));
const mean = (x: number[]) => (x.reduce((a, b) => a + b, 0) / x.length).toFixed(3);
const t0 = Date.now();
for (const [name, run] of [['product', (d: any) => review(d, steps)], ['random', (d: any) => review(d, steps, 'random')]] as const) {
  const all = rows.map(({ f, d }) => ({ f, n: d.truth.length, r: run(d) }));
  console.log(name, steps.map((_, i) => mean(all.map(({ r }) => r[i]!.right))).join(' '), '| ≥100', steps.map((_, i) => mean(all.filter((x) => x.n >= 100).map(({ r }) => r[i]!.right))).join(' '), (Date.now() - t0) / 1000);

}
console.log('naming', steps.map((_, i) => mean(rows.map(({ d }) => naming(d, steps)[i]!))).join(' '));
