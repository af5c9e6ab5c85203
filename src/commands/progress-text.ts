// A run's progress in words, and as one bar over all its stages.
import { l10n } from 'vscode';
import type { Progress } from '../../worker/api/requests';
import { splitDuration } from '../../worker/base/units';
import { language } from '../base/language';

/** Turns a run's progress into what VS Code's notification takes; the bar never goes back. */
export function createProgressText(): (progress: Progress) => { message: string; increment: number } {
  let shown = 0;
  return (progress) => {
    const { done, total, overall } = progress;
    // A download is a progress of its own.
    const percent = 100 * (overall?.part ?? (total === 0 ? 0 : done / total));
    const increment = Math.max(0, percent - shown);
    shown += increment;
    return { message: describe(progress), increment };
  };
}

function describe({ stage, done, total, etaSeconds, overall, bytesPerSecond }: Progress): string {
  const seconds = overall ? overall.etaSeconds : done === total ? undefined : etaSeconds;
  const left = seconds === undefined ? '' : ` – ${remaining(seconds)}`;
  switch (stage) {
    case 'download': {
      const speed = bytesPerSecond === undefined ? '' : l10n.t(', {0} MB/s', megabytes(bytesPerSecond));
      return l10n.t('{0} of {1} MB', megabytes(done), megabytes(total)) + speed + left;
    }
    case 'scan':
      return l10n.t('reading images, {0} of {1}', done, total) + left;
    case 'embed':
      return l10n.t('looking at images, {0} of {1}', done, total) + left;
    case 'compare':
      return l10n.t('comparing images, {0} of {1}', done, total) + left;
    case 'link':
      return l10n.t('grouping');
    case 'train':
      return l10n.t('training, {0} of {1}', done, total) + left;
    case 'evaluate':
      return l10n.t('evaluating, {0} of {1}', done, total) + left;
  }
}

function megabytes(bytes: number): string {
  return tenths(bytes / 1e6);
}

/** With one decimal, as the display language writes it. */
function tenths(value: number): string {
  return value.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

function remaining(seconds: number): string {
  const { amount, unit } = splitDuration(seconds);
  switch (unit) {
    case 's':
      return l10n.t('about {0} s left', amount);
    case 'min':
      return l10n.t('about {0} min left', amount);
    case 'h':
      return l10n.t('about {0} h left', tenths(amount));
  }
}
