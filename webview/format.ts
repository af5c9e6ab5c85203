// How numbers are written on the page.

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** A share of 0 to 1: "4.2 %", "38 %". */
export function percent(share: number): string {
  const value = share * 100;
  return `${value.toFixed(value < 9.95 && value > 0 ? 1 : 0)} %`;
}

/** A distance with three significant digits. */
export function distance(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** The last part of a path with "/". */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The last folder and the file's name. */
export function shortPath(path: string): string {
  return path.split('/').slice(-2).join('/');
}
