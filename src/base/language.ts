// The language of VS Code as numbers and lists are written in it.
import { env } from 'vscode';

/** A BCP 47 tag that the platform knows. Some machines say "en-US@posix" or "de_DE", which it would throw at. */
export const language = validLanguage(env.language);

/** @returns the tag, or what of it is valid; English at worst */
export function validLanguage(tag: string): string {
  for (const candidate of [tag, tag.replace(/[@.].*$/, '').replaceAll('_', '-'), tag.slice(0, 2)]) {
    try {
      const [canonical] = Intl.getCanonicalLocales(candidate);
      if (canonical !== undefined) return canonical;
    } catch {
      // The next one is simpler.
    }
  }
  return 'en';
}
