// The catalogue of defects as text: what is read is what was written, and what cannot be is refused with a sentence.
import assert from 'node:assert/strict';
import { isCatalogue, parseCatalogue, serializeCatalogue, type Catalogue } from '../../../../worker/learning/catalogue';

describe('the catalogue of defects', () => {
  const catalogue: Catalogue = {
    network: 'ab'.repeat(32),
    blockSize: 2,
    method: {
      name: 'blocks',
      ...{
        model: 'net@abababab',
        weights: 'unsupervised',
        references: 8,
        seed: 0,
        clusterer: 'ward',
        clusters: 'auto',
      },
    },
    clusters: [
      { id: 1, name: 'crack', color: 3 },
      { id: 4, name: 'fine “as is”', ok: true },
    ],
    examples: [
      { cluster: 1, decided: true, vector: Float32Array.of(1, -0.5, 1e-30, 3e38) },
      { cluster: 4, decided: false, vector: Float32Array.of(0.1, 0.2, 0.3, 0.4) },
    ],
  };
  const text = serializeCatalogue(catalogue);
  const changed = (change: (value: Record<string, unknown>) => void) => {
    const value = JSON.parse(text) as Record<string, unknown>;
    change(value);
    return JSON.stringify(value);
  };

  it('comes back to the bit', () => assert.deepEqual(parseCatalogue(text), catalogue));

  it('may begin with a byte order mark', () => {
    assert.ok(isCatalogue(`\uFEFF${text}`));
    assert.deepEqual(parseCatalogue(`\uFEFF${text}`), catalogue);
  });

  it('has one line a cluster and an example', () => {
    const lines = text.split('\n');
    assert.equal(lines.filter((line) => line.includes('"vector"')).length, 2);
    assert.equal(lines.filter((line) => line.includes('"name":"crack"')).length, 1);
  });

  it('keeps numbers as little-endian float32, as numpy reads them', () => {
    const [{ vector }] = (JSON.parse(text) as { examples: [{ vector: string }] }).examples;
    assert.equal(Buffer.from(vector, 'base64').subarray(0, 8).toString('hex'), '0000803f000000bf');
  });

  it('is told from a label file by its first key', () => {
    assert.ok(isCatalogue(text));
    assert.ok(isCatalogue(changed(() => undefined)));
    assert.equal(isCatalogue('{ "version": 1, "catalogue": 1 }'), false);
    assert.equal(isCatalogue(''), false);
  });

  const refused: [string, string, RegExp][] = [
    ['a file that was cut short', text.slice(0, 200), /cut short .*JSON.* Export it again/],
    ['a newer version', changed((value) => (value['catalogue'] = 2)), /newer version/],
    ['no examples', changed((value) => (value['examples'] = [])), /not a catalogue: examples/],
    ['no network', changed((value) => delete value['network']), /not a catalogue: network/],
    [
      'a cluster that is not there',
      changed((value) => (value['clusters'] = [{ id: 1, name: 'crack' }])),
      /example 2 is in cluster 4/,
    ],
    [
      'two clusters of one number',
      changed((value) => (value['clusters'] as { id: number }[]).push({ ...catalogue.clusters[0]! })),
      /same number/,
    ],
    [
      'clusters by the method of the paper',
      changed((value) => delete (value['method'] as { name?: string }).name),
      /another method/,
    ],
    [
      'clusters with normal images',
      changed((value) => ((value['method'] as { weights: string }).weights = 'normal')),
      /another method/,
    ],
    [
      'a vector that was cut short',
      changed((value) => ((value['examples'] as { vector: string }[])[1]!.vector = 'AACAPw==')),
      /vector of its example 2 is damaged/,
    ],
    [
      'a vector of another length',
      changed((value) => ((value['examples'] as { vector: string }[])[1]!.vector = 'AACAPwAAgD8=')),
      /not all of one length/,
    ],
    [
      'a vector that is no number',
      changed((value) => ((value['examples'] as { vector: string }[])[0]!.vector = 'AADAfwAAgD8=')),
      /vector of its example 1 is damaged/,
    ],
  ];
  for (const [what, wrong, message] of refused)
    it(`refuses ${what}`, () => assert.throws(() => parseCatalogue(wrong), { message }));
});
