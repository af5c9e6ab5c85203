// What is no image that can be read is named for what it is, by signatures from the formats' descriptions.
import assert from 'node:assert/strict';
import { recogniseFormat } from '../../../../../worker/images/formats/format';

const kinds: readonly [what: string, start: string, reason: RegExp][] = [
  ['JPEG XL, bare', '\xff\x0a', /^is a JPEG XL image/],
  ['JPEG XL in boxes', '\0\0\0\x0cJXL \r\n\x87\n', /^is a JPEG XL image/],
  ['JPEG 2000 in boxes', '\0\0\0\x0cjP  \r\n\x87\n', /^is a JPEG 2000 image/],
  ['a JPEG 2000 codestream', '\xff\x4f\xff\x51', /^is a JPEG 2000 image/],
  ['Photoshop', '8BPS\0\x01', /^is a Photoshop file/],
  ['OpenEXR', '\x76\x2f\x31\x01\x02', /^is an OpenEXR image/],
  ['DICOM', `${'\0'.repeat(128)}DICM`, /^is a DICOM file/],
  ['FITS', 'SIMPLE  =                    T', /^is a FITS image/],
  ['bitmaps of one bit', 'P4 16 16\n', /^is a PBM or PAM image/],
  ["Canon's raw", 'II*\0\x10\0\0\0CR\x02\0', /^is a camera raw file/],
  ["Canon's newer raw", '\0\0\0\x18ftypcrx \0\0\0\x01crx isom', /^is a camera raw file/],
  ["Fujifilm's raw", 'FUJIFILMCCD-RAW 0201', /^is a camera raw file/],
  ["Olympus' raw", 'IIRO\x08\0\0\0', /^is a camera raw file/],
  ['a HEIC photo', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', /^is a HEIC photo/],
  ['a video', '\0\0\0\x18ftypisom\0\0\x02\0isomiso2', /^is a video/],
  ['a git-annex pointer', '/annex/objects/SHA256E-s4284--0a1b.png\n', /^is a git-annex pointer/],
  ['a git-annex link, checked out as text', '../.git/annex/objects/Xk/9f/SHA256E-s4.png', /^is a git-annex pointer/],
  ['a text', 'Part 17, seen from above', /^is not an image that can be read/],
];

describe('a file that is no image that is read', () => {
  for (const [what, start, reason] of kinds) {
    it(`is named: ${what}`, () => {
      const recognised = recogniseFormat(Buffer.from(start, 'latin1'));
      assert.ok('reason' in recognised);
      assert.match(recognised.reason, reason);
    });
  }
});
