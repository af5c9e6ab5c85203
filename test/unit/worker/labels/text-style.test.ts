// Label files as other tools leave them.
import assert from 'node:assert/strict';
import { decodeLabelText, inStyleOf } from '../../../../worker/labels/text-style';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('the bytes of a label file', () => {
  it('are UTF-8, with or without a byte order mark, which stays', () => {
    assert.equal(decodeLabelText(utf8('{ "name": "größe 👍🏽" }')), '{ "name": "größe 👍🏽" }');
    assert.equal(decodeLabelText(utf8('\uFEFF{}')), '\uFEFF{}');
    assert.equal(decodeLabelText(new Uint8Array()), '');
  });

  it('are refused as UTF-16, in both byte orders', () => {
    for (const bytes of [Buffer.from('\uFEFF{}', 'utf16le'), Buffer.from('\uFEFF{}', 'utf16le').swap16()]) {
      assert.throws(() => decodeLabelText(bytes), { name: 'LabelFileError', message: /UTF-16/, line: 1, column: 1 });
    }
  });

  it('are refused where they are no UTF-8, with the place', () => {
    const bytes = Buffer.concat([utf8('{\n  "ä": '), Buffer.from('"größe"', 'latin1'), utf8(' }')]);
    assert.throws(() => decodeLabelText(bytes), { name: 'LabelFileError', message: /Latin-1/, line: 2, column: 11 });
    const atTheEnd = Buffer.concat([utf8('{}'), Buffer.of(0xc3)]);
    assert.throws(() => decodeLabelText(atTheEnd), { name: 'LabelFileError', line: 1, column: 3 });
  });
});

describe('what replaces a label file', () => {
  it('has its byte order mark and its line ends', () => {
    const labels = '{\n  "version": 1\n}\n';
    assert.equal(inStyleOf(undefined, labels), labels);
    assert.equal(inStyleOf('{\n}\n', labels), labels);
    assert.equal(inStyleOf('{\r\n}\r\n', labels), '{\r\n  "version": 1\r\n}\r\n');
    assert.equal(inStyleOf('\uFEFF{\r\n}\r\n', labels), '\uFEFF{\r\n  "version": 1\r\n}\r\n');
    assert.equal(inStyleOf('\uFEFF{}', labels), `\uFEFF${labels}`);
  });
});
