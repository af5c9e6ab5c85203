// Languages as the platform's formatting takes them. Pure.

/**
 * A BCP 47 tag that `Intl` takes. Some machines say "en-US@posix" or "de_DE.UTF-8", which it would throw at.
 * @returns what of the tag is valid, without what is not; English at worst
 */
export function validLanguage(tag: string): string {
  const plain = tag.replace(/[@.].*$/, '').replaceAll('_', '-');
  for (const candidate of [tag, plain, plain.split('-')[0]!]) {
    try {
      const [canonical] = Intl.getCanonicalLocales(candidate);
      if (canonical !== undefined) return canonical;
    } catch {
      // The next one is simpler.
    }
  }
  return 'en';
}
