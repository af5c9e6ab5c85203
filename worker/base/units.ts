// Bytes and seconds as people read them. Pure: the extension splits a remaining time in the same way and says it in its language.

/** Decimal megabytes with their unit, "12.3 MB". @param decimals digits after the point */
export function formatMegabytes(bytes: number, decimals = 1): string {
  return `${(bytes / 1e6).toFixed(decimals)} MB`;
}

/** "1 image", "12 images". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A time in the unit that suits it. Seconds are rounded up, minutes are rounded, hours are not. */
export interface Duration {
  amount: number;
  unit: 's' | 'min' | 'h';
}

/** Below a minute and a half in seconds, below an hour and a half in minutes, else in hours. */
export function splitDuration(seconds: number): Duration {
  if (seconds < 90) return { amount: Math.ceil(seconds), unit: 's' };
  if (seconds < 5400) return { amount: Math.round(seconds / 60), unit: 'min' };
  return { amount: seconds / 3600, unit: 'h' };
}

/** How long something still takes, "about 12 min left"; hours with one decimal. */
export function formatRemaining(seconds: number): string {
  const { amount, unit } = splitDuration(seconds);
  return `about ${unit === 'h' ? amount.toFixed(1) : amount} ${unit} left`;
}
