// Regions of a real run handed to other tools, and read again: outlines lie on the run's masks, whatever the format.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { readRegions } from '../../worker/analysis/region-analysis';
import { loadAnalysis } from '../../worker/analysis/stored';
import type { AnalysedRegion } from '../../worker/api/analysis';
import { parseLabels, regionKey, type LabelDocument } from '../../worker/labels';
import { connectedComponents } from '../../worker/regions/connected-components';
import { Cache } from '../../worker/store/cache';
import { cli } from '../tools/paths';
import { makeTwoDefects } from '../tools/two-defects';

const side = 384;

describe('regions of a run, exported', () => {
  let work = '';
  let folder = '';
  let labels: LabelDocument;
  let regions: Map<string, AnalysedRegion>;
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [cli, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
      maxBuffer: 1 << 26,
    });
  const exported = (format: string, ...args: string[]) => {
    const { status, stdout, stderr } = run('export', format, folder, ...args);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const labelFile = () => join(folder, 'anomaly-clusters.json');

  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'export regions, '));
    folder = join(work, 'my "parts"');
    await makeTwoDefects(folder, { images: 12 });
    const { status, stderr } = run('cluster', folder, '--regions', '--clusters', '4', '--device', 'cpu');
    assert.equal(status, 0, stderr);
    labels = parseLabels(readFileSync(labelFile(), 'utf8'));
    const cache = new Cache(join(work, 'cache'));
    const found = await readRegions(cache, (await loadAnalysis(cache, folder))!);
    regions = new Map(found.map((region) => [regionKey(region.path, region.box), region]));
  });
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  it('are COCO instances whose areas are those of the masks', () => {
    const coco = JSON.parse(exported('coco')) as {
      images: { id: number; file_name: string; width: number; height: number }[];
      annotations: { image_id: number; category_id: number; bbox: number[]; area: number; segmentation: number[][] }[];
    };
    assert.ok(coco.images.every(({ width, height }) => width === side && height === side));
    const lines = labels.images.flatMap(({ path, regions: own = [] }) =>
      own.map(({ box, cluster }) => ({ path, box, cluster })),
    );
    assert.ok(lines.length > labels.images.length, `${lines.length} regions`);
    assert.equal(coco.annotations.length, lines.length);
    for (const [i, { path, box, cluster }] of lines.entries()) {
      const { image_id, category_id, bbox, area, segmentation } = coco.annotations[i]!;
      assert.deepEqual([coco.images[image_id - 1]!.file_name, category_id, bbox], [path, cluster, box]);
      const { mask } = regions.get(regionKey(path, box))!;
      const cells = mask.runs.filter((_, at) => at % 2 === 1).reduce((sum, length) => sum + length, 0);
      const wanted = ((box[2]! * box[3]!) / (mask.width * mask.height)) * cells;
      assert.ok(Math.abs(area - wanted) <= 0.01 * wanted, `${area} for ${wanted}`);
      assert.ok(segmentation.every((polygon) => polygon.length >= 8 && polygon.every((at) => at >= 0 && at <= side)));
    }
  });

  it('are boxes where the label file has other ones than the run, and where boxes are asked for', () => {
    const [image] = labels.images.filter(({ regions: own = [] }) => own.length > 0);
    const [first] = image!.regions!;
    const text = readFileSync(labelFile(), 'utf8');
    const moved = join(work, 'moved.json');
    writeFileSync(
      moved,
      text
        .replace('"root": "."', `"root": ${JSON.stringify('my "parts"')}`)
        .replace(`[${first!.box.join(', ')}]`, '[1, 2, 30, 40]'),
    );
    const coco = JSON.parse(exported('coco', '--labels', moved)) as {
      annotations: { bbox: number[]; segmentation: number[][] }[];
    };
    const own = coco.annotations.find(({ bbox }) => bbox.join() === '1,2,30,40')!;
    assert.deepEqual(own.segmentation, [[1, 2, 31, 2, 31, 42, 1, 42]]);
    const boxes = exported('cvat', '--shapes', 'boxes');
    assert.ok(boxes.includes('<box ') && !boxes.includes('<polygon '));
    assert.ok(exported('cvat').includes('<polygon '));
  });

  it('are a YOLO dataset with labels for every image, which is written over by none', () => {
    for (const format of ['yolo', 'yolo-seg']) {
      const target = join(work, format);
      assert.match(exported(format, '--out', target), /Next: yolo (detect|segment) train data=.*data\.yaml/);
      const files = (kind: string) =>
        ['train', 'val'].flatMap((part) => readdirSync(join(target, kind, part)).map((name) => `${part}/${name}`));
      assert.equal(files('images').length, labels.images.length);
      assert.deepEqual(
        files('labels').map((name) => name.replace(/\.txt$/, '')),
        files('images').map((name) => name.replace(/\.png$/, '')),
      );
      const rows = files('labels').flatMap((name) =>
        readFileSync(join(target, 'labels', name), 'utf8')
          .split('\n')
          .filter(Boolean),
      );
      for (const row of rows) {
        const [kind, ...values] = row.split(' ').map(Number);
        assert.ok(kind! < labels.clusters.length && values.every((value) => value >= 0 && value <= 1), row);
        assert.ok(format === 'yolo' ? values.length === 4 : values.length >= 8, row);
      }
      const again = JSON.parse(exported(format, '--out', target, '--json')) as { placed: number; failures: object[] };
      assert.deepEqual([again.placed, again.failures.length], [0, labels.images.length]);
    }
  });

  it('are tasks for Label Studio, with the interface beside them', () => {
    const file = join(work, 'tasks.json');
    const { config } = JSON.parse(exported('label-studio', '--out', file, '--json')) as { config: string };
    assert.equal(config, join(work, 'tasks-config.xml'));
    assert.match(readFileSync(config, 'utf8'), /<PolygonLabels name="outline" toName="image">/);
    const tasks = JSON.parse(readFileSync(file, 'utf8')) as { data: { image: string } }[];
    assert.equal(tasks.length, labels.images.length);
    assert.equal(tasks[0]!.data.image, `/data/local-files/?d=my%20%22parts%22/${labels.images[0]!.path}`);
    const refused = run('export', 'label-studio', folder);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /--out tasks\.json/);
  });

  it('are masks as large as the images, with numbers of clusters', async () => {
    const target = join(work, 'masks');
    exported('masks', '--out', target);
    const { path, regions: own = [] } = labels.images.find(({ regions: some = [] }) => some.length > 1)!;
    const { data, info } = await sharp(join(target, path.replace(/\.\w+$/, '.png')))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [side, side]);
    const colors = new Set<string>();
    for (let at = 0; at < data.length; at += 3) colors.add(data.subarray(at, at + 3).toString('hex'));
    assert.equal(colors.size, 1 + new Set(own.map(({ cluster }) => cluster)).size);
  });

  it('are ground truth again: found, right and of one kind a cluster', () => {
    const coco = join(work, 'truth.json');
    exported('coco', '--out', coco);
    for (const truth of [coco, join(work, 'yolo'), join(work, 'yolo-seg')]) {
      const { status, stdout, stderr } = run('evaluate', folder, '--truth', truth, '--json');
      assert.equal(status, 0, stderr);
      const { regions, unmatched, images } = JSON.parse(stdout) as {
        images: number;
        unmatched: string[];
        regions: { recall: object; precision: object; labelSets: { micro: number; macro: number } };
      };
      assert.deepEqual([images, unmatched], [labels.images.length, []]);
      assert.deepEqual(regions.recall, { '0.1': 1, '0.3': 1 });
      assert.deepEqual(regions.precision, { '0.1': 1, '0.3': 1 });
      assert.deepEqual([regions.labelSets.micro, regions.labelSets.macro], [1, 1]);
    }
  });

  it('are compared with where the defects were drawn', async () => {
    // Boxes around the connected parts of the masks that the photos were drawn with.
    const images: object[] = [];
    const annotations: object[] = [];
    for (const [i, { path }] of labels.images.entries()) {
      images.push({ id: i, file_name: path.split('/').at(-1) });
      const mask = join(folder, path.replace('test/', 'ground_truth/').replace('.png', '_mask.png'));
      const values = await sharp(mask).extractChannel(0).raw().toBuffer();
      for (const cells of connectedComponents({ width: side, height: side }, (cell) => values[cell]! > 127)) {
        const [xs, ys] = [[...cells].map((cell) => cell % side), [...cells].map((cell) => Math.floor(cell / side))];
        const [left, top] = [Math.min(...xs), Math.min(...ys)];
        const bbox = [left, top, Math.max(...xs) + 1 - left, Math.max(...ys) + 1 - top];
        annotations.push({ image_id: i, category_id: 1, bbox });
      }
    }
    const truth = join(work, 'drawn.json');
    const categories = [{ id: 1, name: 'defect' }];
    writeFileSync(truth, JSON.stringify({ images, annotations, categories }));
    const { status, stdout, stderr } = run('evaluate', folder, '--truth', truth);
    assert.equal(status, 0, stderr);
    const [, objects] = /(\d+) true objects on 12 images/.exec(stdout)!;
    assert.equal(Number(objects), annotations.length);
    const [, recall, precision] = /IoU ≥ 0\.1 +recall (\S+), precision (\S+)/.exec(stdout)!;
    assert.ok(Number(recall) > 0.5 && parseFloat(precision!) > 0.5, stdout);
    const refused = run('evaluate', folder, '--truth', join(work, 'nowhere.json'));
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /nowhere\.json is not there/);
  });

  it('are refused where a label file has none', () => {
    const { status, stderr } = run('cluster', folder, '--no-regions', '--out', join(work, 'whole.json'));
    assert.equal(status, 0, stderr);
    const whole = ['--labels', join(work, 'whole.json')];
    const refused = run('export', 'yolo', folder, ...whole, '--out', join(work, 'none'));
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /has no regions.*--regions.*yolo-cls/);
    assert.ok(!existsSync(join(work, 'none')));
    const coco = JSON.parse(exported('coco', ...whole)) as { annotations: object[] };
    assert.ok(coco.annotations.every((annotation) => !('bbox' in annotation)));
    assert.ok(exported('cvat', ...whole).includes('<tag '));
  });
});
