// For which system and CPU a program or library was built, from the header of its file.

export interface NativeFile {
  /** By Node's names. */
  os: 'linux' | 'win32' | 'darwin';
  /** By Node's names; a number where it is none of those that we know. */
  cpu: string;
}

/** e_machine of the ELF specification, Machine of the PE format, cputype of <mach/machine.h>. */
const cpus: Record<NativeFile['os'], Record<number, string>> = {
  linux: { 0x3e: 'x64', 0xb7: 'arm64', 0x28: 'arm', 0x03: 'ia32' },
  win32: { 0x8664: 'x64', 0xaa64: 'arm64', 0x014c: 'ia32' },
  darwin: { 0x01000007: 'x64', 0x0100000c: 'arm64' },
};

/** Undefined for files that are no programs. A file of several CPUs (macOS's universal one) counts as for "several". */
export function nativeFile(bytes: Uint8Array): NativeFile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 64) return undefined;
  const magic = view.getUint32(0);
  const known = (os: NativeFile['os'], code: number) => ({ os, cpu: cpus[os][code] ?? String(code) });
  if (magic === 0x7f454c46) return known('linux', view.getUint16(18, true));
  if (magic === 0xcffaedfe) return known('darwin', view.getUint32(4, true));
  if (magic === 0xcafebabe) return { os: 'darwin', cpu: 'several' };
  if (view.getUint16(0) !== 0x4d5a) return undefined;
  const header = view.getUint32(0x3c, true);
  const isPortableExecutable = header + 6 <= bytes.byteLength && view.getUint32(header) === 0x50450000;
  return isPortableExecutable ? known('win32', view.getUint16(header + 4, true)) : undefined;
}
