// Writes what docs/architecture.md says of rooms and doors from the list that the tests and ESLint go by: `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

interface Architecture {
  doors: Record<'src' | 'webview', string[]>;
  /** Of each side the rooms from the bottom up. */
  rooms: Record<string, { room: string; story: string }[]>;
}

const docs = join(import.meta.dirname, '..', 'docs');
const file = join(docs, 'architecture.md');

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function fill(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  if (!text.includes(start) || !text.includes(end)) throw new Error(`docs/architecture.md lacks ${start} … ${end}.`);
  const before = text.slice(0, text.indexOf(start) + start.length);
  return `${before}\n\n${content}\n\n${text.slice(text.indexOf(end))}`;
}

/** The page with its lists as they are now, formatted. */
export async function architecturePage(): Promise<string> {
  const { doors, rooms } = JSON.parse(readFileSync(join(docs, 'architecture.json'), 'utf8')) as Architecture;
  const list = (names: string[]) => names.map((name) => `\`${name}\``).join(', ');
  let text = readFileSync(file, 'utf8');
  for (const [side, own] of Object.entries(rooms)) {
    // The top floor comes first.
    const rows = [...own].reverse().map(({ room, story }) => `| \`${room}/\` | ${story} |`);
    text = fill(text, `rooms of ${side}`, ['| Folder | What lives there |', '| --- | --- |', ...rows].join('\n'));
  }
  text = fill(text, 'doors', [`- \`src/\`: ${list(doors.src)}`, `- \`webview/\`: ${list(doors.webview)}`].join('\n'));
  return format(text, { ...(await resolveConfig(file)), parser: 'markdown' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, await architecturePage());
