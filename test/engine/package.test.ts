// The packages of all platforms: each holds every native file of its platform and none of another, is small, names the licences of all
// that is in it, and shows a page whose pictures exist. That of this machine clusters images.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageFolder } from '../../scripts/packaging/stage';
import { nativeFile } from '../tools/native';
import { makePackages, readPackage } from '../tools/package';
import { root } from '../tools/paths';

const largestMegabytes = 40;

interface Manifest {
  name: string;
  version: string;
  license?: string;
  repository: { url: string };
}
const readManifest = (text: string) => JSON.parse(text) as Manifest;
const manifest = readManifest(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * The native files that a platform needs, below dist/node_modules. What they load of each other was read from their import tables
 * (readelf -d, strings): the bindings load ONNX Runtime and libvips by these names, and ONNX Runtime loads DirectML on Windows.
 */
const runtime = 'onnxruntime-node/bin/napi-v6';
const natives: Record<string, RegExp[]> = {
  'linux-x64': [
    /^onnxruntime-node\/bin\/napi-v6\/linux\/x64\/onnxruntime_binding\.node$/,
    /^onnxruntime-node\/bin\/napi-v6\/linux\/x64\/libonnxruntime\.so\.1$/,
    /^@img\/sharp-linux-x64\/lib\/sharp-linux-x64-[\d.]+\.node$/,
    /^@img\/sharp-libvips-linux-x64\/lib\/libvips-cpp\.so\.[\d.]+$/,
  ],
  'linux-arm64': [
    /^onnxruntime-node\/bin\/napi-v6\/linux\/arm64\/onnxruntime_binding\.node$/,
    /^onnxruntime-node\/bin\/napi-v6\/linux\/arm64\/libonnxruntime\.so\.1$/,
    /^@img\/sharp-linux-arm64\/lib\/sharp-linux-arm64-[\d.]+\.node$/,
    /^@img\/sharp-libvips-linux-arm64\/lib\/libvips-cpp\.so\.[\d.]+$/,
  ],
  'darwin-arm64': [
    /^onnxruntime-node\/bin\/napi-v6\/darwin\/arm64\/onnxruntime_binding\.node$/,
    /^onnxruntime-node\/bin\/napi-v6\/darwin\/arm64\/libonnxruntime\.1\.dylib$/,
    /^@img\/sharp-darwin-arm64\/lib\/sharp-darwin-arm64-[\d.]+\.node$/,
    /^@img\/sharp-libvips-darwin-arm64\/lib\/libvips-cpp\.[\d.]+\.dylib$/,
  ],
  ...Object.fromEntries(
    ['x64', 'arm64'].map((cpu) => [
      `win32-${cpu}`,
      [
        new RegExp(`^${runtime}/win32/${cpu}/onnxruntime_binding\\.node$`),
        new RegExp(`^${runtime}/win32/${cpu}/onnxruntime\\.dll$`),
        new RegExp(`^${runtime}/win32/${cpu}/DirectML\\.dll$`),
        new RegExp(`^@img/sharp-win32-${cpu}/lib/sharp-win32-${cpu}-[\\d.]+\\.node$`),
        new RegExp(`^@img/sharp-win32-${cpu}/lib/libvips-42\\.dll$`),
        new RegExp(`^@img/sharp-win32-${cpu}/lib/libvips-cpp-[\\d.]+\\.dll$`),
      ],
    ]),
  ),
};

/** Whatever a package needs on every platform. */
const always = [
  ...['package.json', 'package.nls.json', 'package.nls.de.json', 'readme.md', 'changelog.md', 'LICENSE.txt'],
  ...[
    'THIRD-PARTY-NOTICES.txt',
    'l10n/bundle.l10n.json',
    'l10n/bundle.l10n.de.json',
    'media/icon.png',
    'media/icon.svg',
  ],
  ...[
    'models/catalogue.json',
    'models/patchnet-s.onnx',
    'dist/cli.cjs',
    'dist/program.cjs',
    'dist/main.cjs',
    'dist/task.cjs',
  ],
  ...['dist/device.cjs', 'dist/probe.cjs', 'dist/extension/main.cjs', 'dist/label-file.schema.json'],
  ...['dist/webview/gallery.js', 'dist/webview/gallery.css', 'dist/webview/report.html', 'dist/webview/benchmark.html'],
];
const modules = 'extension/dist/node_modules/';

/** LGPL, and allowed: libvips is a library of its own that is loaded when the extension runs. */
const libvips = /^@img\/sharp-(libvips-(linux|darwin)-(x64|arm64)|win32-(x64|arm64))$/;

describe('the packages', () => {
  let folder: string;
  let packages: Map<string, string>;
  let installedBefore: string;

  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'packages-'));
    installedBefore = installedState();
    packages = makePackages(join(folder, 'packages'));
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  /** npm's record of what is installed, which every installation writes anew. */
  function installedState(): string {
    const record = join(root, 'node_modules', '.package-lock.json');
    return `${statSync(record).mtimeMs} ${readFileSync(record, 'utf8')}`;
  }

  it('leave node_modules as it was', () => assert.equal(installedState(), installedBefore));

  for (const [target, expected] of Object.entries(natives)) {
    describe(`for ${target}`, () => {
      let files: Map<string, Uint8Array>;
      const text = (path: string) => new TextDecoder().decode(files.get(`extension/${path}`));

      before(function () {
        const file = packages.get(target);
        if (file === undefined) {
          console.log('skipped, needs the npm registry');
          this.skip();
        }
        files = readPackage(file);
      });
      after(() => files?.clear());

      it(`has less than ${largestMegabytes} MB`, () => {
        const megabytes = statSync(packages.get(target)!).size / 1e6;
        assert.ok(megabytes < largestMegabytes, `${megabytes} MB`);
      });

      it('says for which platform it is', () => {
        const description = new TextDecoder().decode(files.get('extension.vsixmanifest'));
        assert.match(description, new RegExp(`TargetPlatform="${target}"`));
      });

      it('has every native file of that platform and nothing of another', () => {
        const [os, cpu] = target.split('-');
        const found = [...files].flatMap(([path, bytes]) => {
          const native = nativeFile(bytes);
          return native === undefined ? [] : [{ path, ...native }];
        });
        for (const { path, ...native } of found) assert.deepEqual(native, { os, cpu }, path);
        for (const pattern of expected) {
          const matching = found.filter(({ path }) => pattern.test(path.slice(modules.length)));
          assert.equal(matching.length, 1, `${pattern} is there ${matching.length} times`);
        }
        assert.equal(found.length, expected.length, found.map(({ path }) => path).join('\n'));
      });

      it('has the programs, the page, the network and the translations, and no sources', () => {
        const paths = new Set([...files.keys()].map((path) => path.replace(/^extension\//, '')));
        for (const path of always) assert.ok(paths.has(path), `${path} is missing`);
        const sources = [...paths].filter((path) => /\.(ts|map|tsbuildinfo|test\.\w+)$/.test(path));
        assert.deepEqual(sources, []);
      });

      it('has the licence text of every npm package beside its programs, and no GPL', () => {
        const shipped = [...files.keys()].flatMap((path) => {
          const name = /^extension\/dist\/node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1];
          return name === undefined ? [] : [readManifest(text(path.slice('extension/'.length)))];
        });
        assert.ok(shipped.length >= 7, `${shipped.length} packages`);
        const notices = noticesOf(text('THIRD-PARTY-NOTICES.txt'));
        for (const each of shipped) assertLicensed(each, notices);
      });

      it('has the licence of each library inside libvips, the LGPL and the GPL that it refers to', () => {
        const name = target.startsWith('win32') ? `sharp-${target}` : `sharp-libvips-${target}`;
        const versions = Object.keys(JSON.parse(text(`dist/node_modules/@img/${name}/versions.json`)) as object);
        const notices = noticesOf(text('THIRD-PARTY-NOTICES.txt'));
        const section = [...notices].find(([heading]) => heading.startsWith(`@img/${name} `))?.[1] ?? '';
        assert.match(section, /GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3, 29 June 2007/);
        assert.match(section, /GNU GENERAL PUBLIC LICENSE\s+Version 3, 29 June 2007/);
        // libvips' own list of its parts calls some by other names than the licence table.
        const names: Record<string, string> = {
          ...{ archive: 'libarchive', exif: 'libexif', ffi: 'libffi', heif: 'libheif', imagequant: 'libimagequant' },
          ...{ png: 'libpng', rsvg: 'librsvg', tiff: 'libtiff', uhdr: 'libultrahdr', vips: 'libvips', webp: 'libwebp' },
          xml2: 'libxml2',
        };
        assert.ok(versions.length > 20, `${versions.length} libraries`);
        for (const part of versions) {
          const from = section.indexOf(`In libvips: ${names[part] ?? part}\n`);
          const licence = section.slice(from, section.indexOf('In libvips: ', from + 1));
          assert.ok(from > 0 && /copyright|©|\(C\)/i.test(licence), `${part} has no licence`);
        }
      });

      it("has ONNX Runtime's notices", () => {
        const notices = text('THIRD-PARTY-NOTICES.txt');
        assert.match(notices, /THIRD PARTY SOFTWARE NOTICES AND INFORMATION/);
        assert.equal(/Microsoft\.AI\.DirectML/.test(notices), target.startsWith('win32'));
      });

      it('shows a page whose pictures and links are in the repository', () => {
        const home = manifest.repository.url.replace(/\.git$/, '');
        const page = text('readme.md');
        const links = [...page.matchAll(/(!?)\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, mark, link]) => ({
          mark,
          link: link!,
        }));
        assert.ok(links.filter(({ mark }) => mark === '!').length >= 3, 'pictures');
        for (const { mark, link } of links) {
          const kind = mark === '!' ? 'raw' : 'blob';
          if (mark === '' && !link.startsWith(`${home}/${kind}/`)) {
            assert.match(link, /^https:\/\//);
            continue;
          }
          const prefix = `${home}/${kind}/v${manifest.version}/`;
          assert.ok(link.startsWith(prefix), link);
          assert.ok(
            existsSync(join(root, link.slice(prefix.length).replace(/#.*/, ''))),
            `${link} is not in the repository`,
          );
          if (mark === '!') assert.match(link, /\.png$/);
        }
      });
    });
  }

  it('name the licence of everything that is bundled', function () {
    const file = [...packages.values()][0];
    if (file === undefined) this.skip();
    const list = join(folder, 'inputs.json');
    const args = ['scripts/build.mjs', '--production', '--out', join(folder, 'dist'), '--inputs', list];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const inputs = JSON.parse(readFileSync(list, 'utf8')) as string[];
    const bundled = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
    assert.ok(bundled.has('node_modules/zod') && bundled.has('node_modules/uplot'), [...bundled].join('\n'));
    const path = 'extension/THIRD-PARTY-NOTICES.txt';
    const notices = noticesOf(new TextDecoder().decode(readPackage(file, (each) => each === path).get(path)));
    for (const each of bundled) {
      assertLicensed(readManifest(readFileSync(join(root, each, 'package.json'), 'utf8')), notices);
    }
  });

  it('work: that of this machine, unpacked, clusters a sample', function () {
    const file = packages.get(`${process.platform}-${process.arch}`);
    if (file === undefined) {
      console.log(`skipped, needs a package for ${process.platform}-${process.arch}`);
      this.skip();
    }
    const unpacked = join(folder, 'unpacked');
    for (const [path, bytes] of readPackage(file)) {
      mkdirSync(dirname(join(unpacked, path)), { recursive: true });
      writeFileSync(join(unpacked, path), bytes);
    }
    const args = [join(root, 'scripts', 'smoke.mjs'), join(unpacked, 'extension')];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, /ok: the label file has all 60 images/);
  });
});

/** Sections of a notices file: heading between two lines of `=`, then text. */
function noticesOf(file: string): Map<string, string> {
  const parts = file.split(/^={100}\n(.+)\n={100}\n/m);
  const sections = new Map<string, string>();
  for (let i = 1; i + 1 < parts.length; i += 2) sections.set(parts[i]!, parts[i + 1]!);
  return sections;
}

function assertLicensed({ name, version, license }: Manifest, notices: Map<string, string>): void {
  const section = [...notices].find(([heading]) => heading.startsWith(`${name} ${version} (`))?.[1];
  assert.ok(section !== undefined, `${name} ${version} is not in the notices`);
  assert.match(section, /permission|redistribut|licensed/i, `${name} ${version} has no licence text`);
  assert.ok(section.trim().length > 500, `${name} ${version} has no licence text`);
  assert.ok(license !== undefined, `${name} ${version} names no licence`);
  if (!libvips.test(name)) assert.doesNotMatch(license, /GPL/, `${name} ${version}`);
}
