// Where members and elements lie in a JSON text: what is cut out there is what JSON.parse finds.
import assert from 'node:assert/strict';
import { memberPlaces } from '../../../../worker/labels/text/member-places';

const texts = {
  'one line': '{"a":[1,{"b":[2,3]},"x, ]"],"c":{"d":"}"},"e":null,"f":[]}',
  'many lines': '{\r\n\t"a" : [ 1 ,\n { "b" : [ 2 , 3 ] } ] ,\n "c" : { "a" : [ 7 ] } ,\n "e" : -1.5e3\n}\n',
  'odd names': '{"a\\"b":[true],"":[[1],[]],"{":["[","\\\\"],"ü\\u0041":"\\""}',
  'a byte order mark': '\uFEFF{"a":[1,2],"b":3}',
  nothing: '{}',
};

describe('places of members', () => {
  for (const [name, text] of Object.entries(texts))
    it(`are those of the values: ${name}`, () => {
      const value = JSON.parse(text.replace('\uFEFF', '')) as Record<string, unknown>;
      const places = memberPlaces(text);
      const cut = ({ offset, length }: { offset: number; length: number }): unknown =>
        JSON.parse(text.slice(offset, offset + length));
      assert.deepEqual([...places.keys()], Object.keys(value));
      for (const [key, member] of places) {
        assert.deepEqual(cut(member), value[key]);
        assert.deepEqual(member.elements.map(cut), Array.isArray(value[key]) ? value[key] : []);
      }
    });
});
