// Writes what the docs say from the lists that the tests go by: `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { formatTable } from '../test/tools/format-table';

interface Architecture {
  doors: Record<'src' | 'webview', string[]>;
  /** Of each side the rooms from the bottom up. */
  rooms: Record<string, { room: string; story: string }[]>;
}

const docs = join(import.meta.dirname, '..', 'docs');

/** A page with what is to stand between `<!-- name -->` and `<!-- /name -->`, formatted. */
async function fill(page: string, contents: Record<string, string>): Promise<string> {
  const file = join(docs, page);
  let text = readFileSync(file, 'utf8');
  for (const [name, content] of Object.entries(contents)) {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    if (!text.includes(start) || !text.includes(end)) throw new Error(`docs/${page} lacks ${start} … ${end}.`);
    const before = text.slice(0, text.indexOf(start) + start.length);
    text = `${before}\n\n${content}\n\n${text.slice(text.indexOf(end))}`;
  }
  return format(text, { ...(await resolveConfig(file)), parser: 'markdown' });
}

/** Rooms and doors as ESLint and the tests have them. */
function architecture(): Record<string, string> {
  const { doors, rooms } = JSON.parse(readFileSync(join(docs, 'architecture.json'), 'utf8')) as Architecture;
  const list = (names: string[]) => names.map((name) => `\`${name}\``).join(', ');
  const contents: Record<string, string> = {
    doors: [`- \`src/\`: ${list(doors.src)}`, `- \`webview/\`: ${list(doors.webview)}`].join('\n'),
  };
  for (const [side, own] of Object.entries(rooms)) {
    // The top floor comes first.
    const rows = [...own].reverse().map(({ room, story }) => `| \`${room}/\` | ${story} |`);
    contents[`rooms of ${side}`] = ['| Folder | What lives there |', '| --- | --- |', ...rows].join('\n');
  }
  return contents;
}

/** The pages with their lists as they are now, by name. */
export async function pages(): Promise<Record<string, string>> {
  return {
    'architecture.md': await fill('architecture.md', architecture()),
    'images.md': await fill('images.md', { formats: formatTable() }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [page, text] of Object.entries(await pages())) writeFileSync(join(docs, page), text);
}
