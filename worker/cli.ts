// The command line: the same engine as in VS Code, for terminals and scripts.
import './base/no-telemetry';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EngineError } from './api/errors';
import { placings, shapeNames } from './api/requests';
import { endWithParent } from './base/end-with-parent';
import { visibleLines } from './base/visible';
import {
  aggregateNames,
  alignNames,
  clustererNames,
  defaultSettings,
  deviceNames,
  distanceNames,
  methodNames,
  pageNames,
  trainedClustererNames,
  weightNames,
  type Device,
} from './api/settings';
import type { BenchmarkPart } from './benchmark/tables/results';
import { parseParts, runBenchmarkCommand, type BenchmarkOptions } from './cli/benchmark';
import { runAssign, type AssignOptions } from './cli/assign';
import { runCatalogue, type CatalogueOptions } from './cli/catalogue';
import { runCluster, type ClusterOptions } from './cli/cluster';
import { runCompare, type CompareOptions } from './cli/compare';
import { exportNames, runExport, type ExportName, type ExportOptions } from './cli/export';
import { runDevices, type DevicesOptions } from './cli/devices';
import { runEvaluate, type EvaluateOptions } from './cli/evaluate';
import {
  indexVariables,
  runMerge,
  runPlan,
  runShardCommand,
  type MergeCommandOptions,
  type PlanCommandOptions,
  type ShardCommandOptions,
} from './cli/fleet';
import { runModelsGet, runModelsList, runModelsRemove, runModelsVerify } from './cli/models';
import { runFeatures, type FeaturesOptions } from './cli/features';
import { runRemoveMissing } from './cli/remove-missing';
import { runScan, type ScanOptions } from './cli/scan';
import { runSample } from './cli/sample';
import { wardLimit } from './clustering/preconditions';
import { outliveReaders } from './terminal/outlive-readers';
import { withRun, type Paths } from './terminal/with-run';
import { labelFileName } from './labels';
import { areaFileName, areaPictureName } from './labels/file-name';

outliveReaders();

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
const failed = 1;
const wrongUsage = 2;

const paths: Paths = {
  dist: __dirname,
  reportPage: join(__dirname, 'webview', 'report.html'),
  benchmarkPage: join(__dirname, 'webview', 'benchmark.html'),
  comparePage: join(__dirname, 'webview', 'compare.html'),
};

function positiveOrAuto(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Use "auto" or a number above 0.');
  return value;
}

function countOrAuto(least: number): (text: string) => number | 'auto' {
  return (text) => (text === 'auto' ? text : wholeNumber(least)(text));
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) throw new InvalidArgumentError(`Use a whole number from ${least}.`);
    return value;
  };
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('Use a number between 0 and 1.');
  return value;
}

function parts(text: string): BenchmarkPart[] {
  try {
    return parseParts(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** Options of every command that embeds images. */
function withModelOptions(command: Command): Command {
  return command
    .option('--model <id|file.onnx>', 'network that embeds the patches (see: models list)', defaultSettings.model)
    .option('--output <tensor>', "stage of the network (layer3, layer2+layer3) or tensor of your own file's graph")
    .option('--seed <number>', 'chooses reference images, and starts clusterers', wholeNumber(0), defaultSettings.seed)
    .addOption(deviceOption());
}

/** Options of every command that goes by the method of a label file. */
function withNetworkOfLabels(command: Command): Command {
  return command
    .option(
      '--model <id|file.onnx>',
      "where the label file's network is, if that is a file of your own",
      defaultSettings.model,
    )
    .option('--output <tensor>', "tensor of your own file's graph")
    .addOption(deviceOption());
}

function deviceOption(): Option {
  return new Option('--device <device>', 'where networks run').choices(deviceNames).default('auto' satisfies Device);
}

function withEngineOptions(command: Command): Command {
  return withModelOptions(command).option('--normal <folder>', 'folder of normal images to compare with (Eq. 6)');
}

/** How images are described and grouped. */
function withMethodOptions(command: Command): Command {
  return command
    .optionsGroup('Expert:')
    .option('--model <id|file.onnx>', 'network that embeds the patches (see: models list)', defaultSettings.model)
    .option('--output <tensor>', "stage of the network (layer3, layer2+layer3) or tensor of your own file's graph")
    .addOption(deviceOption())
    .addOption(pagesOption())
    .addOption(alignOption())
    .option('--seed <number>', 'chooses reference images, and starts clusterers', wholeNumber(0), defaultSettings.seed)
    .addOption(
      oneOf(
        '--method <method>',
        "how images are described: blocks, or the paper's method; auto: blocks, or paper where an option belongs to that",
        methodNames,
        defaultSettings.method,
      ),
    )
    .option(
      '--references <number|auto>',
      'reference images: 8; for the method "paper" all up to 200, 64 above',
      countOrAuto(2),
      defaultSettings.references,
    )
    .addOption(oneOf('--weights <weights>', 'where patch weights come from', weightNames, defaultSettings.weights))
    .option(
      '--hard-patches <number>',
      'patches that "hard" weights choose',
      wholeNumber(1),
      defaultSettings.hardPatches,
    )
    .option(
      '--temperature <number|auto>',
      'temperature tau, in distance units (paper)',
      positiveOrAuto,
      defaultSettings.temperature,
    )
    .addOption(
      oneOf('--aggregate <how>', 'over the images of Eq. 5 (paper)', aggregateNames, defaultSettings.aggregate),
    )
    .addOption(
      oneOf('--distance <distance>', 'how two images are compared (paper)', distanceNames, defaultSettings.distance),
    )
    .addOption(
      oneOf(
        '--clusterer <clusterer>',
        'how images are grouped; iic, gatcluster and scan train a head for the folder, see docs/method.md',
        [...clustererNames, ...trainedClustererNames],
        defaultSettings.clusterer,
      ),
    );
}

/** Names of the options that stand on the command line, and did not come from their defaults. */
function givenOptions(command: Command): ReadonlySet<string> {
  return new Set(Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === 'cli'));
}

const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };

const program = new Command('anomaly-clustering')
  .description('Groups nearly identical images by the kind of anomaly they show. No image leaves this machine.')
  .version(version)
  .showHelpAfterError('(see --help)')
  .addHelpText(
    'after',
    examples(
      ['cluster photos --report photos.html', 'group a folder of images, with a page to look at'],
      ['assign photos', 'new images find their place among the clusters that are there'],
      ['<command> --help', 'options and examples of a command'],
    ),
  )
  .exitOverride();

/** Below the options of a command. */
function examples(...lines: [command: string, does: string][]): string {
  const rows = lines.map(([command, does]) => `  anomaly-clustering ${command}\n      ${does}`);
  return `\nExamples:\n${rows.join('\n')}`;
}

function pagesOption(): Option {
  return oneOf(
    '--pages <which>',
    'pages of TIFFs: the first, or all as images of their own',
    pageNames,
    defaultSettings.pages,
  );
}

function alignOption(): Option {
  return oneOf(
    '--align <auto|off>',
    'turn parts alike that lie as they fell: where photos show one long part each, or never',
    alignNames,
    defaultSettings.align,
  );
}

function oneOf(flags: string, description: string, names: readonly string[], value: string): Option {
  return new Option(flags, description).choices(names).default(value);
}

withMethodOptions(
  program
    .command('cluster')
    .argument('<folder>', 'folder of images; sub-folders are read too')
    .description(
      `cluster the images of a folder and write ${labelFileName}; a folder that has one is clustered by the method that it names, unless options say otherwise`,
    )
    .option('--clusters <number|auto>', 'number of clusters', countOrAuto(1), defaultSettings.clusters)
    .option('--normal <folder>', 'folder of normal images to compare with (Eq. 6)')
    .option('--report <file.html>', 'also write a report with pictures, in one file')
    .option('--out <file>', `label file (default: ${labelFileName} in the folder)`)
    .option(
      '--metadata <file.csv>',
      'table about the images: path, time, line, lot, anything (default: metadata.csv in the folder)',
    )
    .option(
      '--regions',
      'group the places where something stands out: an image has a label for each of its own (see docs/gallery.md)',
      defaultSettings.regions,
    )
    .option('--no-regions', 'group whole images again')
    .option(
      '--area <file>',
      `which part of each image counts: polygons (.json) or a picture (default: ${areaFileName} or ${areaPictureName} in the folder)`,
    )
    .option('--regroup', 'group anew, also where clusters that have a name end; only pinned images stay where they are')
    .option('--json', 'print the result as JSON, described by dist/cluster-output.schema.json'),
)
  .addHelpText(
    'after',
    examples(
      ['cluster photos', 'group the images, write photos/anomaly-clusters.json'],
      ['cluster photos --report photos.html', 'and a page with pictures'],
      ['cluster photos --normal good --clusters 6', 'compare with good parts; six groups'],
      ['cluster photos --json > result.json', 'for a program to read'],
    ),
  )
  .action((folder: string, options: ClusterOptions, command: Command) =>
    withRun(paths, options.json === true, (run) => runCluster(run, paths, folder, options, givenOptions(command))),
  );

withNetworkOfLabels(program.command('assign'))
  .argument('[folder]', 'clustered folder that has new images')
  .description(
    'give new images the most probable clusters of the label file, by its own method; nothing that was there changes',
  )
  .option('--labels <file>', `label file (default: ${labelFileName} in the folder)`)
  .option(
    '--from <file>',
    "take the clusters of another folder: its label file, where that folder's images are there, or its catalogue",
  )
  .option(
    '--work <folder>',
    'of a plan that was merged, in place of the folder: what was decided in the label file goes to all images of its tables',
  )
  .option('--json', 'print the result as JSON')
  .action((folder: string | undefined, options: AssignOptions) =>
    withRun(paths, options.json === true, (run) => runAssign(run, folder, options)),
  );

withMethodOptions(
  program
    .command('plan')
    .argument(
      '<folder|images.tar|list.txt>',
      'folder of images or of tar files; one tar file; or a text file with paths of either, one a line, in the folder that they are below',
    )
    .description(
      'share a folder out among machines: look at every file, learn what is usual, write the plan that shards go by',
    )
    .requiredOption('--shards <number>', 'in how many parts', wholeNumber(1))
    .requiredOption('--work <folder>', 'folder that all machines see')
    .option('--clusters <number|auto>', 'number of clusters', countOrAuto(1), defaultSettings.clusters)
    .option('--normal <folder>', 'folder of normal images to compare with (Eq. 6)')
    .option(
      '--out <file>',
      `label file whose method counts, if it is there (default: ${labelFileName} in the folder, of tar files in the work folder)`,
    )
    .option('--metadata <file.csv>', 'table about the images (default: metadata.csv in the folder)')
    .option('--regroup', 'group anew')
    .option('--json', 'print the plan as JSON'),
)
  .addHelpText(
    'after',
    examples(
      ['plan photos/list.txt --shards 8 --work /shared/job', 'the images of a list'],
      ['plan shards --shards 8 --work /shared/job', 'images in tar files (WebDataset), read where they are'],
      ['plan photos --shards 8 --work /shared/job', 'all of a folder; then, on any machines and in any order:'],
      ['shard --work /shared/job --index 0', 'to --index 7, or as a job array; and when all are done:'],
      ['merge --work /shared/job', 'the same label file as of "cluster photos"'],
    ),
  )
  .action((folder: string, options: PlanCommandOptions, command: Command) =>
    withRun(paths, options.json === true, (run) => runPlan(run, folder, options, givenOptions(command))),
  );

program
  .command('shard')
  .description('describe one part of the images of a plan; may be ended, repeated, or run twice at once')
  .requiredOption('--work <folder>', 'folder of the plan')
  .option(
    '--index <number>',
    `which part, from 0 (default: ${indexVariables.join(' or ')} of the scheduler)`,
    wholeNumber(0),
  )
  .addOption(deviceOption())
  .option('--json', 'print what was done as JSON')
  .action((options: ShardCommandOptions) =>
    withRun(paths, options.json === true, (run) => runShardCommand(run, options)),
  );

program
  .command('merge')
  .description(
    'say which shards are missing, or make the label file of what all of them found; of very many images it has chosen ones, and a table has all',
  )
  .requiredOption('--work <folder>', 'folder of the plan')
  .option(
    '--out <file>',
    `label file (default: ${labelFileName} in the clustered folder, of tar files in the work folder)`,
  )
  .option('--no-pictures', 'of tar files: do not write out the images that the label file lists')
  .option(
    '--lines <number>',
    'with more different images than this, the label file has so many of them, or 3000, and images.parquet and images.csv in the work folder have all',
    wholeNumber(0),
    wardLimit,
  )
  .option('--json', 'print the result as JSON')
  .action((options: MergeCommandOptions) => withRun(paths, options.json === true, (run) => runMerge(run, options)));

program
  .command('export')
  .addArgument(new Argument('<format>', 'what the labels are to become').choices(exportNames))
  .argument('<folder>', 'clustered folder')
  .description(
    'write the labels, and regions where there are any, as other tools read them: a table, COCO, CVAT, Label Studio, YOLO, FiftyOne, masks, or a folder for each cluster; or heat maps',
  )
  .option('--out <file or folder>', 'where it goes; tables go to the terminal without it')
  .option('--labels <file>', `label file (default: ${labelFileName} in the folder)`)
  .addOption(oneOf('--placing <how>', 'of folders and YOLO: how images get there', placings, 'copy'))
  .addOption(oneOf('--shapes <what>', 'of CVAT, Label Studio and COCO: what regions become', shapeNames, 'outlines'))
  .option('--json', 'print what was written as JSON')
  .addHelpText(
    'after',
    examples(
      ['export csv photos > labels.csv', 'a table'],
      ['export folders photos --out sorted', 'a folder for each cluster, with copies'],
      ['export yolo-cls photos --out dataset', 'train/ and val/ for a YOLO classifier'],
      ['export yolo-seg photos --out dataset', 'data.yaml, images/ and labels/ with the outlines of regions'],
      ['export label-studio photos --out tasks.json', 'tasks with predictions, and tasks-config.xml'],
      ['export heat-maps photos --out maps', 'heat maps as PNG of 16 bits; npy: as NumPy arrays'],
    ),
  )
  .action((format: ExportName, folder: string, options: ExportOptions) =>
    withRun(paths, true, (run) => runExport(run, format, folder, options)),
  );

program
  .command('compare')
  .argument('<first.json>', 'label file')
  .argument('<second.json>', 'another one of the same images: of another run, person or week')
  .description('say how far two label files agree, which clusters stand for each other, and which images are elsewhere')
  .option('--page <file.html>', 'also write a page with pictures of the images that are elsewhere')
  .option('--json', 'print it as JSON')
  .addHelpText('after', examples(['compare monday.json friday.json --page changes.html', 'what moved where']))
  .action((first: string, second: string, options: CompareOptions) =>
    withRun(paths, true, (run) => runCompare(run, paths, first, second, options)),
  );

withNetworkOfLabels(program.command('catalogue'))
  .argument('<folder>', 'clustered folder whose clusters have names')
  .description('write what its named clusters look like as one small file without pictures, for assign --from')
  .option('--labels <file>', `label file (default: ${labelFileName} in the folder)`)
  .option('--out <file>', 'where to write it', 'anomaly-catalogue.json')
  .option('--json', 'print the result as JSON')
  .action((folder: string, options: CatalogueOptions) =>
    withRun(paths, options.json === true, (run) => runCatalogue(run, folder, options)),
  );

program
  .command('remove-missing')
  .argument('<folder>', 'clustered folder')
  .description('take the lines of images that are not in the folder out of the label file')
  .option('--labels <file>', `label file (default: ${labelFileName} in the folder)`)
  .option('--json', 'print the removed images as JSON')
  .action((folder: string, options: { labels?: string; json?: boolean }) => runRemoveMissing(folder, options));

program
  .command('evaluate')
  .argument('<folder>', 'clustered folder whose layout gives the true classes')
  .description('compare a label file with the classes of the folder layout, or with objects that another tool marked')
  .option('--labels <file>', `label file (default: ${labelFileName} in the folder)`)
  .option('--truth <coco.json|folder>', 'true objects: a COCO file, or the folder of a YOLO dataset')
  .option('--json', 'print the result as JSON')
  .action((folder: string, options: EvaluateOptions) => runEvaluate(folder, options));

program
  .command('scan')
  .argument('<folder>', 'folder of images')
  .description(
    'say what a folder holds before it is clustered: layout, images, classes, masks, copies, what is left out and why',
  )
  .option('--normal <folder>', 'folder of normal images')
  .addOption(pagesOption())
  .option('--json', 'print it as JSON')
  .action((folder: string, options: ScanOptions) => withRun(paths, false, (run) => runScan(run, folder, options)));

withEngineOptions(program.command('features'))
  .argument('<folder>', 'folder of images')
  .description('write patch embeddings as a NumPy array, float32 (images, patches, dimensions)')
  .requiredOption('--out <features.npy>', 'the array')
  .requiredOption('--list <images.txt>', 'paths of the images, one a line, in the order of the array')
  .option('--labels <labels.txt>', 'true classes, one a line, where the folder layout gives them')
  .addOption(pagesOption())
  .option('--limit <number>', 'only so many images, spread evenly over the folder', wholeNumber(1))
  .option('--normal-out <normal.npy>', 'also the patches of the normal images, float32 (patches, dimensions)')
  .action((folder: string, options: FeaturesOptions) =>
    withRun(paths, false, (run) => runFeatures(run, folder, options)),
  );

withModelOptions(program.command('benchmark'))
  .argument(
    '<folder...>',
    'MVTec AD categories (or the folder that holds them), Magnetic Tile, folders with a sub-folder per class',
  )
  .description("run the paper's tables and figures on datasets whose classes are known")
  .addOption(
    new Option('--table <list>', 'all, 1 to 5, masks, figure3 to figure6, a1, a2; several with commas')
      .argParser(parts)
      .default(parts('all'), 'all'),
  )
  .option(
    '--temperature <number|auto>',
    'temperature tau, in distance units',
    positiveOrAuto,
    defaultSettings.temperature,
  )
  .option('--images-per-class <number>', 'at most so many images of each class', wholeNumber(2))
  .option('--normal-images <number>', 'at most so many normal images', wholeNumber(1))
  .option('--bank-share <share>', "share of Magnetic Tile's normal images to compare with", share, 0.8)
  .option('--out <folder>', 'where tables, plots and pictures go', 'anomaly-benchmark')
  .action((folders: string[], options: BenchmarkOptions) =>
    withRun(paths, false, (run) => runBenchmarkCommand(run, paths, folders, options)),
  );

const models = program.command('models').description('networks: which there are, and getting them to this machine');

models
  .command('list')
  .description('networks of the catalogue, their size and licence, and which are on this machine')
  .option('--json', 'print the list as JSON')
  .action((options: { json?: boolean }) => withRun(paths, true, (run) => runModelsList(run, options)));

models
  .command('get')
  .argument('<id>', 'for example wide_resnet50_2, or wide_resnet50_2#layer3 for another stage')
  .description('fetch a network, only the part that is needed, and check it')
  .option('--from <file>', 'a file that you fetched in another way, instead of the network')
  .action((name: string, options: { from?: string }) =>
    withRun(paths, false, (run) => runModelsGet(run, name, options)),
  );

models
  .command('verify')
  .argument('[id...]', 'all that are on this machine, unless some are named')
  .description('compare the files with their hashes')
  .action((names: string[]) => withRun(paths, true, (run) => runModelsVerify(run, names)));

models
  .command('remove')
  .argument('<id>')
  .description('delete a network from this machine')
  .action((name: string) => withRun(paths, true, (run) => runModelsRemove(run, name)));

program
  .command('devices')
  .description('what this machine can run networks on, measured now, and what is chosen')
  .option('--model <id|file.onnx>', 'network to measure with', defaultSettings.model)
  .option('--output <tensor>', "stage of the network, or tensor of your own file's graph")
  .option('--json', 'print the measurements as JSON')
  .action((options: DevicesOptions) => withRun(paths, true, (run) => runDevices(run, options)));

program
  .command('sample')
  .argument('<folder>', 'new or empty folder')
  .description('make a sample dataset with known defects')
  .option('--seed <number>', 'draws other images', wholeNumber(0))
  .action((folder: string, options: { seed?: number }) => runSample(folder, options));

if (process.env['ANOMALY_CLUSTERING_LAUNCHED'] === String(process.ppid)) endWithParent(0);

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage;
    if (error instanceof EngineError) {
      console.error(
        error.code === 'cancelled'
          ? 'Cancelled. The next run goes on from here.'
          : `Error: ${visibleLines(error.message)}`,
      );
      return error.code === 'invalid-setting' ? wrongUsage : failed;
    }
    console.error(error);
    return failed;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
